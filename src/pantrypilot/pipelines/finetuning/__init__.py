from pantrypilot.pipelines.finetuning.pipeline import create_pipeline

__all__ = ["create_pipeline"]
