"""What whoever trains or signs off must know of the data, in words: `DATACARD.md`, and the card of a dataset hub."""

from typing import Final

import yaml

from monitor.actions.finetune.dataset import Split
from monitor.actions.finetune.manifest import Made
from monitor.actions.markdown import code, plural, table
from monitor.common.json_lines import iso

HOW_TO: Final = {
    "openai": (
        "Upload `train.jsonl` as the training file and `validation.jsonl` as the validation file. OpenAI is closing "
        "its "
        "self-service fine-tuning: since 2 July 2026 to organisations that have not used a fine-tuned model for 60 "
        "days, "
        "on 6 January 2027 to all (https://developers.openai.com/api/docs/deprecations)."
    ),
    "anthropic": (
        "For Amazon Bedrock: put both files into a bucket, and see the quotas of your account for how many records a "
        "model takes. Look first whether a model that can be fine-tuned is still offered: Claude 3 Haiku, for which "
        "this "
        "form is documented, reached its end of life there on 10 September 2026."
    ),
    "gemini": "For Vertex AI: put both files into a bucket. Google recommends 100 examples to begin with.",
    "hf": (
        '`load_dataset("FOLDER")` reads the three splits with the names of the classes; `labels.json` has `id2label` '
        "and `label2id` for the configuration of the model."
    ),
    "csv": (
        "Two columns, `text` and `label`. A cell that begins like a formula (`= + - @`) or with an apostrophe has one "
        "apostrophe more before it, so that a spreadsheet does not compute it: take one off when you read the file."
    ),
}

_LEFT_OUT: Final = {
    "too_young": "predictions so young that their labels are no fair sample yet",
    "contradictory": "messages whose very text has been given different labels",
    "repeated": "repetitions of a message that is there",
    "over_the_cap": "training messages of classes over the cap",
}


def render_card(made: Made) -> str:
    """The file."""
    return "\n\n".join([_head(made), _contents(made), _promises(made), _limits(made), _use(made)]) + "\n"


def hub_card(made: Made) -> str:
    """README.md of a dataset folder, with the names of the classes, for a hub and for `load_dataset`."""
    suffix = made.form.suffix
    names = {str(number): label for number, label in enumerate(made.dataset.labels)}
    header = {
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split.value, "path": f"{split}{suffix}"} for split in Split],
            }
        ],
        "dataset_info": {
            "features": [
                {"name": "text", "dtype": "string"},
                {"name": "label", "dtype": {"class_label": {"names": names}}},
            ]
        },
        "task_categories": ["text-classification"],
    }
    written = yaml.safe_dump(header, sort_keys=False, allow_unicode=True)
    return f"---\n{written}---\n\nSee [DATACARD.md](DATACARD.md). Messages of customers: keep this folder private.\n"


def _head(made: Made) -> str:
    log = made.material.messages
    return (
        f"# Training data of {made.monitor}\n\n"
        f"Messages to the chatbot and the class that people gave them, from predictions of {iso(log[0].row.at)} to "
        f"{iso(log[-1].row.at)}, in the format `{made.form.name}` ({made.form.source}). Made by `tunewatch export "
        "finetune`; the numbers for machines are in `manifest.json`.\n\n"
        "**Messages of customers. Keep the folder where such data may lie, and delete it when it has served.**"
    )


def _contents(made: Made) -> str:
    counts = {split: made.dataset.counts(split) for split in Split}
    rows = [(code(label), *(f"{counts[split][label]:,}" for split in Split)) for label in made.dataset.labels]
    rows.append(("**all**", *(f"{counts[split].total():,}" for split in Split)))
    dropped = [f"- {n:,} {_LEFT_OUT[why]}" for why, n in made.dataset.left_out.items() if n]
    left = "\n\nLeft out:\n\n" + "\n".join(dropped) if dropped else ""
    return "## What is in it\n\n" + table(("class", *(split.value for split in Split)), rows) + left


def _promises(made: Made) -> str:
    limits, dataset = made.limits, made.dataset
    shown = "; ".join(f"{each.one} and {each.other}: {each.exact} the same, {each.near} near" for each in made.overlaps)
    return (
        "## What holds\n\n"
        "- **Nothing that is tested was trained on.** Duplicates and near duplicates are in one file. Counted again "
        "in the "
        f"written files: {shown}.\n"
        "- **The test is of newer messages**: those the like of which was first seen from "
        f"{iso(dataset.holdout.since)} on. Later exports hold out the same.\n"
        "- **Each message is there once**, as it came first. Validation and test have the mix of classes that the "
        "labels "
        f"have; of training, no class has over {limits.ratio:g} times the smallest.\n"
        "- **The same log gives the same files**, byte for byte. `rows.csv` names the prediction behind every line: "
        "whose "
        "message must go can be found and taken out."
    )


def _limits(made: Made) -> str:
    found = ", ".join(f"{n:,} [{kind}]" for kind, n in sorted(made.material.personal.items())) or "nothing"
    personal = (
        f"Taken out by its form: {found}. **Names, addresses and what people tell of themselves in plain words have no "
        "such "
        "form and are still there.** Read a sample before the data leaves your house."
        if made.material.scrubbed
        else "**Personal data was left in (`--no-scrub`).**"
    )
    disputed = made.dataset.disputed_groups
    prompt = "no prompt, since none is configured (`monitors.NAME.prompt`)"
    if made.prompt is not None:
        prompt = f"the prompt of `{made.prompt.name}` as its system message"
    lines = [
        f"- **Personal data.** {personal}",
        "- **Labels** are of messages that people chose to label: figures on the test file are not production's.",
        f"- {plural(disputed, 'group')} of near duplicates have several labels; see `tunewatch export label-audit`.",
    ]
    if made.form.takes_prompt:
        lines.append(f"- Each example has {prompt}. Ask the trained model with the same one.")
    return "## What to know\n\n" + "\n".join(lines)


def _use(made: Made) -> str:
    """What to do with it; `register` reads all formats but Gemini's."""
    files = f"--training train{made.form.suffix} --evaluation test{made.form.suffix}"
    register = (
        f" When the model is in use, `tunewatch register --monitor {made.monitor} --model-version VERSION {files}` has "
        "tunewatch say so where production repeats what it learned."
    )
    told = "" if made.form.name == "gemini" else register
    return (
        f"## How to use it\n\n{HOW_TO[made.form.name]}\n\nTune on validation. Test once, at the end, against the "
        f"prompt that is in use now, class by class; a test that was looked at often is one more validation.{told}"
    )
