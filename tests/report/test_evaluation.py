from aivj.contracts.evaluation import EvaluationTable, Figure
from aivj.report.evaluation import TITLES, write_evaluation_page

KNOWN, UNKNOWN = Figure(mean=0.625, std=0.03), Figure(mean=None, std=None)


def table(**net):
    models = {
        "net": {**dict.fromkeys(TITLES, KNOWN), **net},
        "trees": dict.fromkeys(TITLES, Figure(mean=0.5, std=None)),
    }
    return EvaluationTable(
        generated_at="2026-03-01T11:00:00.000Z",
        dataset_digest="d",
        feature_spec="f",
        num_folds=3,
        num_seeds=5,
        num_held_out=40,
        num_families=12,
        models=models,
        verdicts=["the net is better"],
    )


def page(path, evaluated):
    write_evaluation_page(path, evaluated, facts=[("folds", "3")], notes=["one was left out"])
    return path.read_text()


def test_every_model_has_a_row_and_every_figure_a_chart(tmp_path):
    html = page(tmp_path / "page.html", table())
    for text in ("the net is better", "one was left out", "0.625 ± 0.030", "0.500", "trees"):
        assert text in html
    assert html.count('class="chart"') == len(TITLES)


def test_what_could_not_be_said_of_the_net_is_left_out(tmp_path):
    html = page(tmp_path / "page.html", table(elite_auc=UNKNOWN))
    assert "Elite AUC" not in html
    assert html.count('class="chart"') == len(TITLES) - 1
