"""What the study of operating points keeps of a rendered pair, one line each in its cache."""

from pydantic import Field

from aivj.contracts.fields import Number, PairId
from aivj.contracts.json_text import ContractModel


class StudiedFigures(ContractModel):
    """The figures that operating points are compared by."""

    ok_heuristic: bool = Field(description="Whether the classic's checks pass")
    viz_avg_luma: Number = Field(description="As in the rows of a run, like the next ones")
    viz_avg_frame_delta: Number = Field(description="The contract's motion proxy")
    composite_avg_frame_delta: Number = Field(description="Motion of the composite's cells")
    audio_response: Number = Field(description="Difference from the same frames in silence")
    audio_alignment: Number = Field(description="Correlation of motion with the music's energy")
    audio_alignment_control: Number = Field(description="The same for the music shifted in time")


class PairFrames(ContractModel):
    """A pair's figures frame by frame, where the silent take has every measured frame."""

    layer_luma: list[list[Number]] = Field(description="Mean luma, [2][frames + 1]")
    layer_color: list[list[list[Number]]] = Field(description="Mean colour, [2][frames + 1][3]")
    motion: list[Number] = Field(description="Motion of the composite's cells, [frames]")
    response: list[Number] = Field(description="Difference from silence, [frames]")
    alignment: Number = Field(description="Alignment of all frames but the first")
    silent_alignment: Number = Field(description="The same of the silent take with the same music")


class StudyRow(ContractModel):
    """One pair at one operating point."""

    pair: PairId = Field(description="Its id in the drawn pack")
    cpu_s: Number | None = Field(description="CPU of all processes since the row before, if any")
    failure: str | None = Field(default=None, description="Kind of the error, if it has no figures")
    figures: StudiedFigures | None = Field(default=None, description="Its figures")
    frames: PairFrames | None = Field(default=None, description="Its frames, where they are kept")
