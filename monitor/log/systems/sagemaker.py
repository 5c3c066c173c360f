"""Amazon SageMaker: data capture of an endpoint, and ground truth as Model Monitor took it."""

from typing import Final

from monitor.log.systems.system import Part, System

SAGEMAKER: Final = System(
    name="sagemaker",
    title="Amazon SageMaker data capture",
    reads="data capture (JSON lines); ground truth as labels, which have no time of their own",
    predictions=Part(
        known_by=(frozenset({"captureData", "eventMetadata", "eventVersion"}),),
        settings={
            "columns": {
                "id": ["eventMetadata.inferenceId", "eventMetadata.eventId"],
                "at": "eventMetadata.inferenceTime",
                "text": "captureData.endpointInput.data",
                "response": "captureData.endpointOutput.data",
            },
        },
        asks={
            "columns.predicted": "the class: captureData.endpointOutput.data, or within it, such as "
            "captureData.endpointOutput.data.label"
        },
    ),
    labels=Part(
        known_by=(frozenset({"groundTruthData", "eventMetadata", "eventVersion"}),),
        settings={"columns": {"id": "eventMetadata.eventId", "label": "groundTruthData.data"}},
        asks={"columns.at": "when the label was given, which ground truth does not say: add a key such as labelled_at"},
    ),
)
