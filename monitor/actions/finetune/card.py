"""What whoever trains or signs off must know of the data, in words: `DATACARD.md`, and the card of a dataset hub."""

import yaml

from monitor.actions.finetune.dataset import Split
from monitor.actions.finetune.manifest import Made
from monitor.actions.markdown import document


def render_card(made: Made) -> str:
    """The file."""
    counts = {split.value: made.dataset.counts(split) for split in Split}
    return document("finetune/DATACARD.md.jinja", made=made, counts=counts)


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
    return document("finetune/hub.md.jinja", header=written)
