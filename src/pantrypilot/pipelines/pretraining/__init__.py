from pantrypilot.pipelines.pretraining.pipeline import create_pipeline

__all__ = ["create_pipeline"]
