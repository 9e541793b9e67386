from aivj.report import ReportData
from aivj.report.training import training_charts


def test_one_chart_for_each_kind_of_figure(run: ReportData) -> None:
    charts = training_charts(run.training)
    assert [chart.title for chart in charts] == [
        "Loss",
        "Telling good from bad",
        "Agreement with the measurements",
        "Spread of the scores",
    ]
    assert [item.label for item in charts[0].legend] == ["train 0.333", "held out 0.500"]
    assert "last values: train 0.333, held out 0.500" in charts[0].svg
    assert ">chance<" in charts[1].svg
    assert ">gate 0.03<" in charts[3].svg


def test_figures_that_were_never_known_are_left_out() -> None:
    epochs = [{"epoch": 1, "train_loss": 0.5, "elite_auc": None, "learning_rate": 0.1}]
    assert [chart.title for chart in training_charts(epochs)] == ["Loss"]


def test_epochs_without_a_number_are_counted() -> None:
    (chart,) = training_charts([{"train_loss": 0.5}, {"train_loss": 0.4}])
    assert "train, epoch 2: 0.400" in chart.svg


def test_the_whole_curve_is_drawn_and_the_chosen_epoch_is_marked() -> None:
    losses = (0.5, 0.25, 0.75)
    epochs = [{"epoch": number, "train_loss": loss} for number, loss in enumerate(losses, 1)]
    (chart,) = training_charts(epochs, chosen_epoch=2)
    assert chart.svg.count("<circle") == len(losses)
    assert ">epoch 2 chosen<" in chart.svg
    assert [item.label for item in chart.legend] == ["train 0.250"]
    assert "over 3 epochs; at the chosen epoch 2: train 0.250" in chart.svg


def test_no_training_has_no_charts() -> None:
    assert training_charts([]) == []
