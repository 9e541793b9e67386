"""JSON Schema of every contract, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from aivj.contracts.acceptance import AcceptReport
from aivj.contracts.checks import RunCheckReport, VerifyCheckReport
from aivj.contracts.clusters import Clusters
from aivj.contracts.comparison import Comparison
from aivj.contracts.dashboard_status import DashboardStatus, DashboardThumbs
from aivj.contracts.demo_summary import DemoSummary
from aivj.contracts.diversity import DiversityReport
from aivj.contracts.elite_manifest import EliteFile
from aivj.contracts.embedding_head import HeadMeta, LoraMeta
from aivj.contracts.embeddings import EmbeddingsMeta
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.evaluation import EvaluationTable
from aivj.contracts.failures import FailureRow
from aivj.contracts.frames_index import FramesRow
from aivj.contracts.frames_quality import FramesQuality
from aivj.contracts.heartbeat import Heartbeat
from aivj.contracts.library_manifest import LibraryManifest
from aivj.contracts.library_page import LibraryPage
from aivj.contracts.library_reports import QualityReport, SafeUnsafeReport
from aivj.contracts.log_stats import BudgetStat, FrameTimeStat
from aivj.contracts.lora_trainlists import TrainlistsSummary
from aivj.contracts.milk2_sniff import Milk2Sniff
from aivj.contracts.monitor_status import MonitorStatus
from aivj.contracts.monitored_run import MonitoredRun
from aivj.contracts.morning import MorningReport
from aivj.contracts.night import NightRecord
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.pairs_quality import PairsQuality
from aivj.contracts.pointer import Pointer
from aivj.contracts.preferences import Preference, Retraction
from aivj.contracts.preset_audit import (
    AuditSummary,
    PresetAudit,
    QualityBlacklist,
    SnapshotSummary,
)
from aivj.contracts.preset_repair import RepairRow
from aivj.contracts.run_manifest import RunManifest
from aivj.contracts.run_meta import RunMeta
from aivj.contracts.run_summary import RunSummary
from aivj.contracts.source_manifest import SourceRow
from aivj.contracts.stuck_pairs import StuckPairsReport
from aivj.contracts.style_index import StyleIndex
from aivj.contracts.style_policy import StylePolicy
from aivj.contracts.sweep import SweepTable
from aivj.contracts.sync_report import SyncReport
from aivj.contracts.taught_styles import PresetStyles, TaughtStyles
from aivj.contracts.verification import SchemaCheck, VerifyReport
from aivj.errors import InputError

SCHEMAS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "accept-report": AcceptReport,
        "audit-summary": AuditSummary,
        "budget-dynamics": BudgetStat,
        "clusters": Clusters,
        "comparison": Comparison,
        "dashboard-status": DashboardStatus,
        "dashboard-thumbs": DashboardThumbs,
        "demo-summary": DemoSummary,
        "diversity": DiversityReport,
        "elite-manifest": EliteFile,
        "embeddings-meta": EmbeddingsMeta,
        "eval-row": EvalRow,
        "evaluation": EvaluationTable,
        "failure-row": FailureRow,
        "frame-time": FrameTimeStat,
        "frames-index-row": FramesRow,
        "frames-quality": FramesQuality,
        "head-meta": HeadMeta,
        "heartbeat": Heartbeat,
        "library-manifest": LibraryManifest,
        "library-page": LibraryPage,
        "milk2-sniff": Milk2Sniff,
        "monitor-status": MonitorStatus,
        "monitored-run": MonitoredRun,
        "morning-report": MorningReport,
        "night": NightRecord,
        "lora-meta": LoraMeta,
        "lora-trainlists": TrainlistsSummary,
        "pairs-manifest": PairsManifest,
        "pairs-quality": PairsQuality,
        "pointer": Pointer,
        "preference-retraction": Retraction,
        "preferences": Preference,
        "preset-audit": PresetAudit,
        "preset-audit-snapshot": SnapshotSummary,
        "quality-blacklist": QualityBlacklist,
        "repair-lineage-row": RepairRow,
        "preset-styles": PresetStyles,
        "quality-report": QualityReport,
        "run-check-report": RunCheckReport,
        "run-manifest": RunManifest,
        "run-meta": RunMeta,
        "run-summary": RunSummary,
        "safe-unsafe-report": SafeUnsafeReport,
        "schema-check": SchemaCheck,
        "source-manifest-row": SourceRow,
        "style-index": StyleIndex,
        "style-policy": StylePolicy,
        "stuck-pairs": StuckPairsReport,
        "sweep": SweepTable,
        "sync-report": SyncReport,
        "taught-styles": TaughtStyles,
        "verify-check-report": VerifyCheckReport,
        "verify-report": VerifyReport,
    }
)


def json_schema(name: str) -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of a contract.

    Raises:
        InputError: There is no contract of that name; lists those there are.
    """
    model = SCHEMAS.get(name)
    if model is None:
        raise InputError(f"one of {', '.join(SCHEMAS)}", repr(name), "name one of these contracts")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
    }
