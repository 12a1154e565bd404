"""A model gives the same numbers and charts everywhere, and runs only when it changes."""

from __future__ import annotations

import inspect
import re
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import chart_kinds
import pytest
from insights.evidence import charts, models, numbers
from insights.evidence import svg as svg_module
from insights.evidence.charts import chart_csv
from insights.evidence.models import ModelError, model_evidence
from insights.evidence.numbers import plain_number
from matplotlib.axes import Axes

SIMPLE = "def results():\n    return {'x': 1}\n"


def line(axes: Axes) -> charts.Table:
    axes.plot([1, 2], color="C0")
    return {"a": [1, 2]}


def write(folder: Path, text: str) -> Path:
    model = folder / "site" / "essays" / "essay" / "model.py"
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_text(text)
    return model


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The models that were run, each time that they were."""
    ran: list[Path] = []
    original = models._run

    def run(model: Path) -> models.Evidence | models.Failure:
        ran.append(model)
        return original(model)

    monkeypatch.setattr(models, "_run", run)
    return ran


def test_a_model_runs_once_until_it_changes(tmp_path: Path, runs: list[Path]) -> None:
    model = write(tmp_path, SIMPLE)
    first, second = model_evidence(model), model_evidence(model)
    assert first == second
    assert runs == [model]
    write(tmp_path, SIMPLE.replace("1}", "2}"))
    assert model_evidence(model).results == {"x": 2}
    assert len(list(model.parents[2].glob("_build/store/*/evidence/*.pickle"))) == 1, "what an older model gave is not kept"


def test_a_result_of_a_class_of_the_model_is_kept_as_a_plain_value(tmp_path: Path, runs: list[Path]) -> None:
    model = write(tmp_path, "import enum\n\n\n" + SIMPLE.replace("1", "enum.IntEnum('Size', ['SMALL'])(1)"))
    for _ in range(2):
        results = model_evidence(model).results
        assert (type(results["x"]), results) == (int, {"x": 1})
    assert runs == [model]


#: Models that read something of the essay, by how they read it; and the change after which they must be run again.
READERS = {
    "a module": ("import inputs\nx = inputs.X", "inputs.py", "X = 1", "X = 2"),
    "a module of a package": ("from sim.core import X as x", "sim/core.py", "X = 1", "X = 2"),
    "a namespace package": ("import sim.deep.core as core\nx = core.X", "sim/deep/core.py", "X = 1", "X = 2"),
    "a module named like one of Python": ("import queue\nx = queue.X", "queue.py", "X = 1", "X = 2"),
    "a module imported late": ("def load():\n    import inputs\n    return inputs.X\nx = load", "inputs.py", "X = 1", "X = 2"),
    "a module executed from its file": ("import runpy\nx = runpy.run_path(str(HERE / 'a.py'))['X']", "a.py", "X = 1", "X = 2"),
    "data in a folder": ("x = int((HERE / 'data/a.csv').read_text())", "data/a.csv", "1", "2"),
    "data by a made-up name": ("x = int(open(f'{HERE}/data/{chr(97)}.csv').read())", "data/a.csv", "1", "2"),
    "data by numpy": ("import numpy\nx = numpy.loadtxt(HERE / 'a.csv')", "a.csv", "1", "2"),
    "data of another folder": ("x = int((HERE.parent / 'shared/a.csv').read_text())", "../shared/a.csv", "1", "2"),
    "data by pattern": ("x = sum(int(p.read_text()) for p in HERE.glob('*.csv'))", "a.csv", "1", "2"),
    "a new file of a pattern": ("x = len(list(HERE.glob('data/**/*.csv'))) + 1", "data/deep/a.csv", None, "2"),
    "a file that was looked for": ("p = HERE / 'a.csv'\nx = int(p.read_text()) if p.exists() else 1", "a.csv", None, "2"),
    "a file that was missing": ("try:\n    x = int(open(HERE / 'a').read())\nexcept OSError:\n    x = 1", "a", None, "2"),
    "a module that was missing": ("try:\n    from a import X as x\nexcept ImportError:\n    x = 1", "a.py", None, "X = 2"),
    "how large a file is": ("x = (HERE / 'a.csv').stat().st_size", "a.csv", "1", "22"),
    "which files there are": ("import os\nx = sum('csv' in n for n in os.listdir(HERE)) + 1", "b.csv", None, "2"),
    "a file that a library opens": (
        "import configparser as c\np = c.ConfigParser()\np.read(HERE / 'a.ini')\nx = p['a']['x']",
        "a.ini", "[a]\nx=1", "[a]\nx=2"),
}  # fmt: skip


@pytest.mark.parametrize("how", READERS)
def test_a_model_is_run_again_when_something_changes_that_it_looked_at(tmp_path: Path, how: str) -> None:
    code, name, before, after = READERS[how]
    model = write(tmp_path, f"from pathlib import Path\nHERE = Path(__file__).parent\n{code}\n\n\n"
                  "def results():\n    return {'x': int(x() if callable(x) else x)}\n")  # fmt: skip
    file = model.parent / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        file.write_text(before)
    assert model_evidence(model).results == {"x": 1}
    file.write_text(after)
    assert model_evidence(model).results == {"x": 2}


@pytest.mark.parametrize(
    "name", ["index.md", "index.md~", "#index.md#", ".#index.md", ".index.md.swp", "photo.png", "notes/a.txt"]
)
def test_a_model_is_not_run_again_for_what_it_did_not_look_at(tmp_path: Path, name: str) -> None:
    model = write(tmp_path, "import inputs\nfrom pathlib import Path\n\n\ndef results():\n"
                  "    return {'x': len(list(Path(__file__).parent.glob('*.csv')))}\n")  # fmt: skip
    model.with_name("inputs.py").write_text("")
    (model.parent / "notes").mkdir()
    for text in ("index.md", "photo.png"):
        (model.parent / text).write_text("")
    first = model_evidence(model)
    (model.parent / name).write_text("something")
    assert models.evidence_is_current(first.digest, first.inputs, first.packages, model.parents[2])


def test_two_essays_with_modules_of_one_name_do_not_see_each_others(tmp_path: Path) -> None:
    for slug, number in (("a", 1), ("b", 2)):
        folder = tmp_path / "site/essays" / slug
        (folder / "sim").mkdir(parents=True)
        (folder / "sim/core.py").write_text(f"X = {number}\n")
        (folder / "model.py").write_text("from sim.core import X\n\n\ndef results():\n    return {'x': X}\n")
        assert model_evidence(folder / "model.py").results == {"x": number}
        assert number == models.load_model(folder / "model.py").X
        assert "sim" not in sys.modules


def test_a_model_that_reads_what_is_not_in_the_publication_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("1")
    model = write(tmp_path, f"open('{tmp_path}/secret.csv')\n")
    with pytest.raises(ModelError, match=r"line 1: it reads .*secret.csv, which is not in the publication; put the file beside"):
        model_evidence(model)


RETURN = "def results():\n    return "
CHART = RETURN + "{}\n\n\ndef c(axes):\n    axes."
IS_NO_RESULT = "is neither text nor a finite number"
FAULTS = {
    "def results(:\n": "model.py, line 1: ",
    "import nothing_of_the_kind\n": "model.py, line 1: ModuleNotFoundError: No module named 'nothing_of_the_kind'",
    "x = 1\n": "model.py, line 1: model.py has no function results(); add one that returns a dict of names and numbers",
    "results = {'x': 1}\n": "model.py, line 1: model.py has no function results(); add one",
    "def results():\n    pass\n": "model.py, line 1: results() returns NoneType; let it return a dict of names and numbers",
    "\n\n" + RETURN + "{'x': [1]}\n": f"model.py, line 3: the result x: [1] {IS_NO_RESULT}",
    RETURN + "{'y': 1, 'x': float('nan')}\n": f"model.py, line 1: the result x: nan {IS_NO_RESULT}",
    RETURN + "{'x': True}\n": f"model.py, line 1: the result x: True {IS_NO_RESULT}",
    "import numpy\n\n" + RETURN + "{'x': numpy.ones(2)}\n": "model.py, line 3: the result x: array([1., 1.]) is neither text nor",
    "def results():\n    raise ValueError('a\\nb')\n": "model.py, line 2: ValueError: a b",
    "def results():\n    assert False\n": "model.py, line 2: AssertionError",
    "import sys\n\nsys.exit(0)\n": "model.py, line 3: it ends Python here; take that out",
    "def results():\n    raise SystemExit\n": "model.py, line 2: it ends Python here; take that out",
    "import numpy\n\n" + RETURN + "{'x': 1 / numpy.zeros(1)[0]}\n":
        "model.py, line 4: RuntimeWarning: divide by zero encountered",
    CHART + "plot([1])\n": "model.py, line 5: the chart c: no numbers: return what is drawn as a dict",
    CHART + "plot([1])\n    return {'a': 1}\n": "model.py, line 5: the chart c: the column a is 1; write a list of what is drawn",
    CHART + "plot([1])\n    return {'a': 'xy'}\n":
        "model.py, line 5: the chart c: the column a is 'xy'; write a list of what is drawn",
    CHART + "plot([1])\n    return {'a': [1], 'b': []}\n":
        "model.py, line 5: the chart c: columns of different or no length: a has 1, b has 0",
    CHART + "nothing()\n": "model.py, line 6: AttributeError: 'Axes' object has no attribute 'nothing'",
    CHART + "legend()\n": "model.py, line 6: UserWarning: No artists with labels found to put in legend",
    CHART + "set_title('T')\n    return {'a': [1]}\n":
        "model.py, line 5: the chart c: nothing is drawn on its axes; call axes.plot and the like",
    CHART + "imshow([[(1, 0, 0)]])\n    return {'a': [1]}\n":
        "model.py, line 6: the chart c: a picture of pixels; put it beside the text, and write ![what it shows](name.png)",
    CHART + "plot([1])\n    axes.plot([2], color='red')\n    return {'a': [1]}\n":
        "model.py, line 7: the chart c: the colour red (#ff0000); allowed are C0 to C4",
    CHART + "plot([1])\n    import matplotlib.pyplot as plt\n    plt.plot([1])\n    return {'a': [1]}\n":
        "model.py, line 5: the chart c: it draws with pyplot, on a figure that nobody sees; draw on axes",
    CHART + "plot([])\n    return {'a': [1]}\n": "model.py, line 5: the chart c: nothing can be seen on its axes",
    CHART + "plot([1, 2], label=r'$\\beta$')\n    axes.legend()\n    return {'a': [1]}\n":
        "model.py, line 7: the chart c: $\\beta$ would be printed as it is typed; write the characters",
    CHART + "figure.set_size_inches(9, 9)\n    return {'a': [1]}\n":
        "model.py, line 5: the chart c: it changes the size of its figure; charts are as wide as the text",
    "import random\n\n" + RETURN + "{'x': random.random()}\n": "model.py, line 3: the result x is another",
    "import datetime\n\n" + RETURN + "{'x': str(datetime.date.today())}\n": "model.py, line 3: the result x is another",
    RETURN + "{'x': ' '.join({'alpha', 'beta', 'gamma', 'delta'})}\n": "model.py, line 1: the result x is another in each run",
    RETURN + "{\n<<<<<<< HEAD\n    'x': 1}\n=======\n    'x': 2}\n>>>>>>> other\n":
        "model.py, line 3: <<<<<<< marks a conflict that is not resolved",
    "import numpy\n\n" + RETURN + "{}\n\n\ndef c(axes):\n"
    "    axes.plot(numpy.random.default_rng().random(3))\n    return {'a': [1]}\n":
        "model.py, line 7: the chart c is drawn differently in the next run; give random generators a seed",
    "import time\n\n" + RETURN + "{}\n\n\ndef c(axes):\n    axes.plot([1, 2])\n"
    "    axes.yaxis.set_major_formatter(lambda *_: time.strftime('%x'))\n    return {'a': [1]}\n":
        "model.py, line 7: the chart c is drawn differently in the next run; give random generators a seed",
    "import numpy\n\nR = numpy.random.default_rng(1)\n\n\n" + RETURN + "{}\n\n\n"
    "def c(axes):\n    y = R.random(3)\n    axes.plot(y)\n    return {'y': y}\n":
        "model.py, line 10: the chart c: it returns other numbers each time that it draws",
    "import subprocess\n\nsubprocess.run(['true'])\n": "model.py, line 3: it starts another program, which the build cannot see",
    "open(__file__ + '.out', 'w')\n": "model.py, line 1: it writes essays/essay/model.py.out; a model returns what it computes",
    "try:\n    open(__file__ + '.out', 'w')\nexcept BaseException:\n    pass\n" + RETURN + "{}\n":
        "model.py, line 2: it writes essays/essay/model.py.out",
    "import os\n\n" + RETURN + "{'x': os.environ['USER']}\n": "model.py, line 4: KeyError: 'USER'",
    "open('inputs.py')\n":
        "model.py, line 1: FileNotFoundError: [Errno 2] No such file or directory: 'inputs.py'; a path is looked up from",
    "import os\n\nos._exit(3)\n": "model.py, line 1: it ends Python; take that out",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS.items())
def test_an_error_in_a_model_names_its_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    model = write(tmp_path, text)
    model.with_name("inputs.py").write_text("")
    with pytest.raises(ModelError) as raised:
        model_evidence(model)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "cache").exists(), "nothing half-made is kept"


#: Models that run for too long, in Python, in code that Python cannot interrupt, or in a wait; and where they are stopped.
ENDLESS = {
    "while True:\n    pass\n": r"[12]",
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n": r"[1-4]",
    "x = 1\nimport time\ntime.sleep(3600)\n": "3",
    "x = 1\nsum(range(10**12))\n": "2",
    "import threading\n\nthreading.Event().wait()\n": "3",
    "import os\n\nos.read(os.pipe()[0], 1)\n": "3",
}


@pytest.mark.parametrize("text", ENDLESS)
def test_an_endless_model_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: list[Path], text: str) -> None:
    monkeypatch.setattr(models, "PATIENCE", 0.2)
    model = write(tmp_path, text + SIMPLE)
    late = rf"model.py, line {ENDLESS[text]}: it has run for 0.2 seconds; let it compute less, and read what it waits"
    for _ in range(2):
        with pytest.raises(ModelError, match=late):
            model_evidence(model)
    assert runs == [model], "nobody waits for it again until it changes"
    write(tmp_path, SIMPLE)
    assert model_evidence(model).results == {"x": 1}


def test_the_output_of_a_model_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would stand among what is wrong."""
    text = "import sys\n\nprint('a', file=sys.stderr)\n\n\ndef results():\n    print('b')\n    return {'x': 1}\n"
    model = write(tmp_path, text)
    assert model_evidence(model).results == {"x": 1}
    assert capsys.readouterr() == ("", "")


def test_the_title_of_a_chart_can_be_in_any_script(tmp_path: Path) -> None:
    model = write(tmp_path, CHART + "plot([1, 2])\n    axes.set_title('漢字')\n    return {'a': [1]}\n")
    assert "漢字" in model_evidence(model).charts["c"].wide


FAULTY = {
    "import inputs\n": ("inputs.py", 3, "KeyError: 'x'"),
    "import functools\n\nresults = functools.partial(dict, x=float('nan'))\n": (
        "model.py", 1, "the result x: nan is neither text nor a finite number; leave it out, or write in words what it means"),
    "x = 1\n": ("model.py", 1, "model.py has no function results(); add one that returns a dict of names and numbers"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FAULTY.items())
def test_an_error_in_a_model_is_reported_at_its_line(tmp_path: Path, text: str, expected: tuple[str, int, str]) -> None:
    model = write(tmp_path, text)
    model.with_name("inputs.py").write_text("\n\n{}['x']\n")
    with pytest.raises(ModelError) as raised:
        model_evidence(model)
    name, line, message = expected
    path, problem = raised.value.path, raised.value.problem
    assert (path, problem.line) == (model.with_name(name), line)
    assert problem.message == f"{message}; run it by hand: make evidence essay=essay"


def test_a_chart_in_a_page_takes_its_colours_and_fonts_from_the_page() -> None:
    chart = charts.draw("essay-growth", line)
    for board, size in (("wide", (620, 365)), ("narrow", (292, 270)), ("small", (142, 190))):
        text = getattr(chart, board)
        root = ElementTree.fromstring(text)
        assert (int(root.attrib["width"]), int(root.attrib["height"])) == size
        assert 's-c0"' in text
        assert not [word for word in ("style=", "#9a3412", "font-family", "<metadata", "matplotlib") if word in text]


@pytest.mark.parametrize(("words", "fits"), [("", True), ("a label of more words than fit", False)])
def test_a_chart_that_cannot_be_read_when_it_is_small_has_no_small_drawing(words: str, fits: bool) -> None:
    def labelled(axes: Axes) -> charts.Table:
        axes.set_title("Its unit")
        axes.text(0, 1, words)
        return line(axes)

    chart = charts.draw("labelled", labelled)
    assert bool(chart.small) == fits
    assert '<g class="title"><text class="f-ink" x="0"' in chart.wide


def test_a_chart_in_a_file_is_complete_on_white() -> None:
    chart = charts.draw("growth", line)
    root = ElementTree.fromstring(chart.file)
    assert root[0].attrib == {"x": "-16", "y": "-16", "width": "100%", "height": "100%", "fill": "#ffffff"}
    assert 'stroke="#9a3412"' in chart.file
    assert "class=" not in chart.file


def test_only_the_title_of_a_chart_is_moved_to_its_left_edge() -> None:
    def titled(axes: Axes) -> charts.Table:
        axes.set_title("Its unit")
        return line(axes)

    chart = charts.draw("titled", titled)
    for board in (chart.wide, chart.narrow, chart.file):
        places = [text.attrib["x"] for text in ElementTree.fromstring(board).iter() if text.tag.endswith("text")]
        assert places.count("0") == 1
        assert len(set(places)) > 3


def test_the_charts_of_a_page_do_not_share_ids() -> None:
    drawings = [ElementTree.fromstring(board) for name in ("a-one", "a-two") for board in charts.draw(name, line)[:3]]
    ids = [[e.attrib["id"] for e in drawing.iter() if "id" in e.attrib] for drawing in drawings]
    assert sum(map(len, ids)) == len(set().union(*ids)) > 0
    for drawing, known in zip(drawings, ids, strict=True):
        assert {e.attrib["href"][1:] for e in drawing.iter() if "href" in e.attrib} <= set(known)


def test_a_dollar_in_a_chart_is_a_dollar() -> None:
    """To matplotlib two of them are a formula."""

    def draw(axes: Axes) -> charts.Table:
        axes.plot([1, 2])
        axes.set_title("From $5 to $10")
        return {"a": [1, 2]}

    assert ">From $5 to $10<" in charts.draw("dollars", draw).wide


def test_a_log_axis_has_plain_numbers() -> None:
    def draw(axes: Axes) -> charts.Table:
        axes.semilogy([1, 10_000])
        return {"a": [1]}

    text = charts.draw("log", draw).wide
    assert ">10,000<" in text
    assert "tspan" not in text


#: What is drawn as an outline, and was lost when the house style gave outlines no width.
OUTLINES = ("StepPatch", "Polygon", "FancyArrowPatch", "FancyBboxPatch", "Ellipse", "PathCollection", "Quiver", "Annotation")


def shapes(svg: ElementTree.Element) -> int:
    """How many shapes and texts an SVG paints; the cells of a heat map count one by one."""
    count = 0
    for element in svg:
        tag = element.tag.rpartition("}")[2]
        if tag in {"defs", "metadata", "style", "rect"}:
            continue
        style = element.get("style", "").replace(" ", "")
        if tag in {"path", "use", "text"} and (tag == "text" or style != "fill:none"):
            count += element.get("d", "M").count("M")
        count += shapes(element)
    return count


@pytest.mark.parametrize("kind", [name for name, value in vars(chart_kinds).items() if inspect.isfunction(value)])
def test_a_chart_of_any_kind_is_drawn_whole(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[ElementTree.Element, dict[str, int]]] = []

    def kept(svg: ElementTree.Element, prefix: str, lines: dict[str, int], *, in_page: bool) -> str:
        seen.append((svg, lines))
        return svg_module.simplified(svg, prefix, lines, in_page=in_page)

    def draw(axes: Axes) -> charts.Table:
        getattr(chart_kinds, kind)(axes)
        return {"a": [1]}

    monkeypatch.setattr(charts, "simplified", kept)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        text = charts.draw("kind", draw, ("narrow",)).narrow
    ((raw, _),) = seen
    assert shapes(ElementTree.fromstring(text)) == shapes(raw) > 0
    groups = [group for group in raw.iter() if (group.get("id") or "").startswith(tuple(f"{name}-" for name in OUTLINES))]
    assert not [group.get("id") for group in groups if not shapes(group)], "outlines of no width, and the like"
    assert not re.search(r" style=|#[0-9a-f]{6}|url\(#h|1e\d", text)


@pytest.mark.parametrize(("values", "labels"), [
    ([0.9999, 0.99993, 0.99997, 0.99999], ["0.9999", "0.99993", "0.99997", "0.99999"]),
    ([500_000, 2_000_000], ["500,000", "2,000,000"]), ([-0.1, 5e-17, 0.1], ["−0.1", "0", "0.1"]),
    ([1_000_000.1, 1_000_000.2], ["1,000,000.1", "1,000,000.2"]), ([1e-9, 1e-6, 1e-3], ["0.000000001", "0.000001", "0.001"]),
    ([], []),
])  # fmt: skip
def test_ticks_differ_where_their_places_do(values: list[float], labels: list[str]) -> None:
    assert numbers.tick_labels(values) == labels


@pytest.mark.parametrize(("value", "spec", "text"), [
    (-0.04, ".1f", "0.0"), (-0.04, "+.1f", "+0.0"), (-0.0004, ".0%", "0%"), (-3, "d", "−3"), (1234567, ",", "1,234,567"),
    (-1e-9, ".1e", "−1.0e−09"), ("a-b", "", "a-b"),
])  # fmt: skip
def test_a_result_in_a_format_is_never_minus_zero(value: float, spec: str, text: str) -> None:
    assert numbers.formatted(value, spec) == text


@pytest.mark.parametrize(("value", "spec", "message"), [
    (5.0, "2f", "2 is its width; for the number of digits, write :.2f"), (0.5, "32%%", "one % multiplies by a hundred"),
    (0.5, "d", "it is no whole number; for one without decimals, write :,.0f"),
])  # fmt: skip
def test_a_format_that_means_something_else_is_told(value: float, spec: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        numbers.formatted(value, spec)


NUMBERS = {
    5256: "5,256", 0.5256: "0.5256", 1e-6: "0.000001", -3: "−3", 12345.678: "12,346", 0: "0", 99.99: "99.99", 9.99999: "9.99999",
    0.99999: "0.99999", 0.1 + 0.2: "0.3", 1e21: "1,000,000,000,000,000,000,000", 5e-324: "5 × 10⁻³²⁴", 1234567: "1,234,567",
    -1e-20: "−10⁻²⁰",
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), NUMBERS.items())
def test_numbers_are_written_plainly(value: float, text: str) -> None:
    assert plain_number(value) == text


def test_the_csv_file_of_a_chart_has_full_precision() -> None:
    chart = charts.Chart("", "", "", "", {"a, b": [1, 0.1 + 0.2], "c": ["x", 'y"']})
    assert chart_csv(chart) == '"a, b",c\n1,x\n0.30000000000000004,"y"""\n'
