"""What customers of the demo write: short templates, a few for each class, filled from word lists."""

SLOTS: dict[str, tuple[str, ...]] = {
    "greeting": ("", "", "", "Hi, ", "Hello, ", "Good morning, ", "hey "),
    "month": ("November", "December", "January", "February", "March"),
    "room": ("the kitchen", "the hallway", "the cellar", "the bathroom", "the stairwell", "our living room"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    "time": ("8 am", "10 am", "noon", "2 pm", "half past four", "the evening"),
    "amount": ("12", "38", "54", "71", "96", "110", "143", "205", "260"),
    "person": ("my mother", "my father", "my neighbour", "my wife", "my husband", "my grandfather"),
    "device": ("phone", "tablet", "laptop", "work phone"),
    "place": ("a car park", "the station", "the roundabout", "the supermarket", "the school gate", "our house"),
    "thing": ("bike", "camera", "rucksack", "laptop", "watch", "scooter"),
    "pet": ("dog", "cat", "rabbit", "puppy"),
    "city": ("Lisbon", "Oslo", "Vienna", "Athens", "Dublin", "Prague"),
}
"""Words that may stand for {slot} in a template."""

ENERGY: dict[str, tuple[str, ...]] = {
    "billing": (
        "{greeting}why is my bill for {month} {amount} euros higher?",
        "{greeting}I was billed twice for {month}",
        "Please send me the invoice for {month} again",
        "{greeting}what does the network charge of {amount} euros mean?",
    ),
    "meter_reading": (
        "{greeting}where do I enter my meter reading?",
        "My reading for {month} was estimated, the real one is 4{amount}",
        "{greeting}the meter display in {room} is blank",
        "How do I read the second line on the meter?",
    ),
    "tariff": (
        "{greeting}is there a cheaper tariff for {amount} kWh a week?",
        "I would like to change to the green tariff from {month}",
        "{greeting}how long is my price guaranteed?",
        "What does the night rate cost after {time}?",
    ),
    "moving": (
        "{greeting}we are moving on {day}, what do you need from us?",
        "I moved out in {month}, please close the contract",
        "{greeting}who had the contract of my new flat before?",
        "Can I take my tariff to the new address?",
    ),
    "payment": (
        "{greeting}can I pay {amount} euros later this time?",
        "My direct debit for {month} did not go through",
        "{greeting}I want to change the account you debit",
        "I paid {amount} euros on {day}, has it arrived?",
    ),
    "outage": (
        "{greeting}is there a power cut planned for {day}?",
        "The lights went out at {time}, when will it be back?",
        "{greeting}only {room} has no power, the fuse is fine",
        "The whole street went dark for a minute at {time}",
    ),
    "appointment": (
        "{greeting}can the engineer come on {day} at {time}?",
        "I have to move the meter change to {day}",
        "{greeting}nobody came on {day}, I waited until {time}",
        "How long does the boiler service take?",
    ),
    "app": (
        "{greeting}the app logs me out on my {device}",
        "I do not get the code to sign in on my {device}",
        "{greeting}the usage chart for {month} is empty in the app",
        "How do I add a second contract in the app?",
    ),
    "urgent": (
        "{greeting}it smells of gas in {room}",
        "The carbon monoxide alarm in {room} does not stop",
        "{person} is on an oxygen machine and we have no power",
        "There are sparks from the fuse box in {room}",
        "No heating since {time} and we have a newborn here",
        "A cable came down in front of the house, children are playing there",
    ),
}
"""Messages to an energy supplier, by what they are really about."""

CLAIMS: dict[str, tuple[str, ...]] = {
    "collision": (
        "{greeting}someone drove into my car near {place}",
        "I hit a bollard by {place} on {day}",
        "{greeting}I was hit from behind at {place}, the damage is about {amount}0 euros",
    ),
    "windscreen": (
        "{greeting}a stone cracked my windscreen near {place}",
        "The chip in the glass has grown since {day}",
        "{greeting}can I choose the garage for a new windscreen?",
    ),
    "theft": (
        "{greeting}my {thing} was stolen outside {place}",
        "Somebody broke into the car on {day} and took my {thing}",
        "{greeting}do you need the police report for my stolen {thing}?",
    ),
    "water": (
        "{greeting}a pipe burst and {room} is flooded",
        "The washing machine leaked into {room} on {day}",
        "{greeting}there is a damp patch in {room} that keeps growing",
    ),
    "storm": (
        "{greeting}the storm on {day} took tiles off the roof",
        "Hail dented the car at {place}",
        "{greeting}a tree fell over the fence in the wind on {day}",
    ),
    "travel": (
        "{greeting}my flight to {city} was cancelled on {day}",
        "My suitcase did not arrive in {city}",
        "{greeting}I fell ill in {city} and had to pay {amount} euros",
    ),
    "liability": (
        "{greeting}I broke {person}'s {device}",
        "My {pet} damaged a visitor's coat, who pays the {amount} euros?",
        "{greeting}our son kicked a ball through the window of {person}",
    ),
    "pet": (
        "{greeting}the vet charged {amount} euros for my {pet}",
        "My {pet} needs an operation on {day}",
        "{greeting}is the vaccination of my {pet} covered?",
    ),
}
"""Messages to an insurer, by what they are really about."""
