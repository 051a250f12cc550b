"""The fields of a card's head as the Hub reads them: their forms, their usual misspellings, and the words two of them take.

After `modelcard.md` and the pages on model cards in huggingface/hub-docs, November 2026. Fields that are not here are nobody's concern: the
Hub lets everybody add their own.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT, TEXTS, NUMBER, YES_NO, MAPPING, LIST = "text", "list of texts", "number", "yes or no", "mapping", "list"

FORMS: dict[str, tuple[str, ...]] = {
    "language": (TEXT, TEXTS), "license": (TEXT, TEXTS), "license_name": (TEXT,), "license_link": (TEXT,), "library_name": (TEXT,),
    "tags": (TEXTS,), "datasets": (TEXT, TEXTS), "metrics": (TEXT, TEXTS), "base_model": (TEXT, TEXTS), "base_model_relation": (TEXT,),
    "pipeline_tag": (TEXT,), "inference": (YES_NO, MAPPING, TEXT), "co2_eq_emissions": (NUMBER, MAPPING), "model-index": (LIST,),
    "new_version": (TEXT,), "model_name": (TEXT,), "thumbnail": (TEXT,), "widget": (LIST, MAPPING), "extra_gated_prompt": (TEXT,),
    "extra_gated_fields": (MAPPING,), "buckets": (TEXT, TEXTS),
}  # fmt: skip

MISSPELT = {
    "licence": "license", "lisence": "license", "licenses": "license", "licences": "license", "languages": "language", "lang": "language",
    "dataset": "datasets", "data_sets": "datasets", "metric": "metrics", "tag": "tags", "pipeline-tag": "pipeline_tag",
    "pipeline": "pipeline_tag", "model_index": "model-index", "modelindex": "model-index", "library": "library_name",
    "libraries": "library_name", "library-name": "library_name", "base-model": "base_model",
    "basemodel": "base_model", "base_models": "base_model", "base-model-relation": "base_model_relation",
    "license-name": "license_name", "license-link": "license_link", "co2_emissions": "co2_eq_emissions",
    "co2-eq-emissions": "co2_eq_emissions", "licence_name": "license_name", "licence_link": "license_link",
}  # fmt: skip

RELATIONS = frozenset({"adapter", "finetune", "merge", "quantized"})

TASKS = _set("""
    text-classification token-classification table-question-answering question-answering zero-shot-classification translation
    summarization feature-extraction text-generation text2text-generation fill-mask sentence-similarity text-to-speech
    text-to-audio automatic-speech-recognition audio-to-audio audio-classification audio-text-to-text voice-activity-detection
    depth-estimation image-classification object-detection image-segmentation text-to-image image-to-text image-to-image
    image-to-video unconditional-image-generation video-classification reinforcement-learning robotics tabular-classification
    tabular-regression tabular-to-text table-to-text multiple-choice text-ranking text-retrieval time-series-forecasting
    text-to-video image-text-to-text image-text-to-image image-text-to-video visual-question-answering document-question-answering
    zero-shot-image-classification graph-ml mask-generation zero-shot-object-detection text-to-3d image-to-3d
    image-feature-extraction video-text-to-text keypoint-detection visual-document-retrieval any-to-any video-to-video
    conversational other
""")

LANGUAGES = _set("""
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu
    fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn
    ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os
    pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt
    tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
""")
"""ISO 639-1; `bh` and `sh`, which were withdrawn, are still in use."""

READ_AS_NO = frozenset({"no", "y", "n", "on", "off", "yes"})
"""What readers of YAML 1.1 take for yes or no where it is written without quotes; `no` is Norwegian."""

FILLED_IN = frozenset(
    {
        "license",
        "licence",
        "none",
        "null",
        "unknown",
        "model_name",
        "todo",
        "tbd",
        "n/a",
        "your-model",
        "base_model",
        "model_id",
    }
)
"""What programs and authors leave in a field when they have nothing to say."""
