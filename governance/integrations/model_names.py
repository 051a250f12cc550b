"""What a model in memory says of itself: its base and revision, its adapter, and which of its weights are trained.

Asked by name of attributes, so that neither transformers nor PEFT is imported; a model that has none of them gives
nulls. Attributes by https://huggingface.co/docs/peft/package_reference/peft_model (`peft_config`, by name of adapter)
and https://huggingface.co/docs/transformers/main_classes/configuration (`_name_or_path`, `_commit_hash`).
"""

from __future__ import annotations

from typing import Any

_WRAPPERS = ("module", "_orig_mod")
"""Where DistributedDataParallel, FSDP and torch.compile keep what they wrap."""
MOST_MODULES = 100


def model_of(model: Any) -> dict[str, Any]:
    """The body of a `model` record: `base_model` (`name`, `revision`), `method` and `adapter`, each null where the model does not say."""
    inner = unwrapped(model)
    adapter = _adapter_config(inner)
    config = getattr(inner, "config", None)
    named = _text(getattr(adapter, "base_model_name_or_path", None)) or _text(getattr(config, "_name_or_path", None))
    revision = _text(getattr(adapter, "revision", None)) or _text(getattr(config, "_commit_hash", None))
    said = _adapter(adapter) if adapter is not None else None
    return {
        "base_model": {"name": named, "revision": revision},
        "method": said["type"].lower() if said else _how_much_is_trained(inner),
        "adapter": said,
        "architecture": type(inner).__name__[:200] if inner is not None else None,
    }


def unwrapped(model: Any) -> Any:
    """The model inside of what spreads or compiles it."""
    for _ in range(4):
        held = next((each for name in _WRAPPERS if (each := getattr(model, name, None)) is not None), None)
        if held is None or hasattr(model, "config"):
            return model
        model = held
    return model


def _adapter_config(model: Any) -> Any:
    """The settings of the adapter in use, or of the first one; None for a model without."""
    configs = getattr(model, "peft_config", None)
    if not isinstance(configs, dict) or not configs:
        return None
    active = getattr(model, "active_adapter", None)
    return configs.get(active) if isinstance(active, str) and active in configs else next(iter(configs.values()))


def _adapter(config: Any) -> dict[str, Any]:
    """An adapter in the form of our kinds."""
    kind = getattr(config, "peft_type", None)
    modules = getattr(config, "target_modules", None)
    listed = [modules] if isinstance(modules, str) else modules if isinstance(modules, (list, set, tuple)) else []
    alpha = getattr(config, "lora_alpha", getattr(config, "alpha", None))
    task = getattr(config, "task_type", None)
    return {
        "type": str(getattr(kind, "value", kind))[:200],
        "r": _whole(getattr(config, "r", None)),
        "alpha": alpha if isinstance(alpha, (int, float)) and not isinstance(alpha, bool) else None,
        "target_modules": sorted(str(each)[:4000] for each in listed)[:MOST_MODULES],  # PEFT keeps a set, in any order
        "task_type": _text(getattr(task, "value", task)),
    }


def _how_much_is_trained(model: Any) -> str | None:
    """`full` where every weight is trained, `partial` where some are held; None where the model has none to ask."""
    parameters = getattr(model, "parameters", None)
    trained = [bool(each.requires_grad) for each in parameters()] if callable(parameters) else []
    return None if not trained else "full" if all(trained) else "partial"


def _text(said: Any) -> str | None:
    return said[:500] or None if isinstance(said, str) else None


def _whole(said: Any) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else None
