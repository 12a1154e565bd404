"""Charts of every kind that matplotlib draws: a model whose charts must come out as they are drawn."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

X = np.linspace(0, 10, 60)
RNG = np.random.default_rng(7)
SAMPLE = RNG.normal(0, 1, 300)
GRID = np.add.outer(np.sin(np.linspace(0, 3, 20)), np.cos(np.linspace(0, 4, 30)))
DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(days=9 * n) for n in range(30)]


def lines(axes: Any) -> None:
    for n in range(7):
        axes.plot(X, X * (n + 1), label=f"{n + 1} servers")
    axes.legend(ncols=2)


def bars(axes: Any) -> None:
    axes.bar(["one", "two", "three"], [3, 1, 2], color="C1", edgecolor="black", yerr=[0.3, 0.2, 0.1], capsize=4)
    axes.set_title("Bars with errors")


def bars_horizontal(axes: Any) -> None:
    found = axes.barh(["A long name of a category", "Another one", "Third"], [3, 1, 2])
    axes.bar_label(found, padding=3)


def bars_stacked(axes: Any) -> None:
    axes.bar([1, 2, 3], [1, 2, 3], label="reads")
    axes.bar([1, 2, 3], [2, 1, 2], bottom=[1, 2, 3], label="writes", hatch="//", edgecolor="black")
    axes.legend()


def steps(axes: Any) -> None:
    axes.step([1, 2, 3, 4], [3, 1, 2, 4], where="post")
    axes.stairs([1, 3, 2], color="C1")
    axes.stairs([0.5, 1, 0.7], fill=True, color="C2", alpha=0.4)


def histogram(axes: Any) -> None:
    axes.hist(SAMPLE, bins=20, edgecolor="white")


def histogram_outline(axes: Any) -> None:
    axes.hist(SAMPLE, bins=20, histtype="step")
    axes.hist(SAMPLE + 1, bins=20, histtype="step", color="C1", linewidth=2, linestyle="--")
    axes.hist(SAMPLE - 1, bins=20, histtype="stepfilled", color="C3", alpha=0.4)


def areas(axes: Any) -> None:
    axes.fill_between(X, X - 1, X + 1, alpha=0.3)
    axes.plot(X, X)
    axes.fill([2, 4, 4], [6, 6, 9], color="C4")


def stack(axes: Any) -> None:
    axes.stackplot(X, X, X / 2, 5 + 0 * X, labels=["a", "b", "c"], colors=["C0", "C1", "C2"])
    axes.legend(loc="upper left")


def points(axes: Any) -> None:
    axes.scatter(SAMPLE[:60], SAMPLE[60:120], s=np.abs(SAMPLE[:60]) * 60, alpha=0.5)
    axes.scatter(SAMPLE[120:150], SAMPLE[150:180], marker="^", facecolors="none", edgecolors="C1")
    axes.plot(SAMPLE[180:200], SAMPLE[200:220], "s", mfc="white", mec="C4")


def points_coloured(axes: Any) -> None:
    drawn = axes.scatter(SAMPLE[:80], SAMPLE[80:160], c=SAMPLE[:80], cmap="viridis")
    axes.figure.colorbar(drawn, ax=axes, label="Load")


def error_bars(axes: Any) -> None:
    axes.errorbar([1, 2, 3], [2, 3, 2.5], yerr=[0.2, 0.4, 0.3], xerr=0.1, fmt="o", capsize=5)


def boxes(axes: Any) -> None:
    axes.boxplot([SAMPLE[:100], SAMPLE[100:200] + 1, SAMPLE[200:] * 2], tick_labels=["a", "b", "c"], showmeans=True)


def boxes_filled(axes: Any) -> None:
    drawn = axes.boxplot([SAMPLE[:100], SAMPLE[100:200] + 1], patch_artist=True, notch=True)
    for box in drawn["boxes"]:
        box.set_facecolor("lightgrey")


def violins(axes: Any) -> None:
    axes.violinplot([SAMPLE[:100], SAMPLE[100:200] + 1], showmedians=True)


def picture_of_numbers(axes: Any) -> None:
    drawn = axes.imshow(GRID)
    axes.figure.colorbar(drawn, ax=axes)


def heat_map(axes: Any) -> None:
    values = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    axes.imshow(values)
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, str(value), ha="center", va="center", color="white" if value > 5 else "black")
    axes.set_xticks(range(3), ["read", "write", "scan"])
    axes.set_yticks(range(3), ["small", "medium", "large"])
    axes.grid(visible=False)


def mesh(axes: Any) -> None:
    drawn = axes.pcolormesh(GRID, cmap="RdBu")
    axes.figure.colorbar(drawn, ax=axes, label="Difference, ms")


def contours(axes: Any) -> None:
    axes.clabel(axes.contour(GRID, 6))


def contours_filled(axes: Any) -> None:
    drawn = axes.contourf(GRID, 6)
    axes.figure.colorbar(drawn, ax=axes)


def hexagons(axes: Any) -> None:
    axes.hexbin(SAMPLE[:150], SAMPLE[150:], gridsize=12)


def two_histograms(axes: Any) -> None:
    axes.hist2d(SAMPLE[:150], SAMPLE[150:], bins=12)


def hatches(axes: Any) -> None:
    axes.bar([1, 2, 3], [3, 2, 1], hatch=["/", "x", "o"], facecolor="white", edgecolor="C0")
    axes.fill_between([0.5, 3.5], 3.2, 3.8, hatch="...", facecolor="none", edgecolor="C1")


def arrow(axes: Any) -> None:
    axes.plot([1, 2, 3], [1, 4, 9])
    axes.annotate("knee", (2, 4), xytext=(1.2, 7), arrowprops={"arrowstyle": "->"})
    axes.annotate(
        "fat", (2.6, 6), xytext=(2.5, 2), arrowprops={"arrowstyle": "-|>", "color": "C1", "connectionstyle": "arc3,rad=.3"}
    )
    axes.annotate("old", (1.5, 2), xytext=(2, 1), arrowprops={"facecolor": "black", "shrink": 0.05, "width": 1, "headwidth": 6})
    axes.arrow(1, 3, 0.3, 2, width=0.02, color="C4")


def quivers(axes: Any) -> None:
    grid = np.arange(5)
    axes.quiver(grid, grid, np.ones((5, 5)), np.ones((5, 1)) * grid)


def streams(axes: Any) -> None:
    y, x = np.mgrid[-3:3:20j, -3:3:20j]
    axes.streamplot(x, y, -1 - x**2 + y, 1 + x - y**2, density=0.6)


def words(axes: Any) -> None:
    axes.plot([0, 1], [0, 1])
    axes.text(0.1, 0.8, "in a box", bbox={"facecolor": "white", "edgecolor": "grey", "boxstyle": "round"})
    axes.text(0.5, 0.3, "turned", rotation=45, style="italic", weight="bold")
    axes.text(0.6, 0.1, "β ≥ 10³ → ∞", fontsize=7)


def spans(axes: Any) -> None:
    axes.plot(X, np.sin(X))
    axes.axvline(3, color="C1", linestyle=":")
    axes.axhspan(-0.5, 0.5, color="lightgrey", alpha=0.5)
    axes.axvspan(6, 8, facecolor="C3", alpha=0.2)
    axes.axline((0, -1), slope=0.2, color="grey")


def twin_axes(axes: Any) -> None:
    axes.plot([1, 2, 3], [10, 20, 30])
    axes.set_ylabel("Milliseconds")
    other = axes.twinx()
    other.plot([1, 2, 3], [500_000, 2_000_000, 3_500_000], color="C1")
    other.set_ylabel("Requests a day", color="C1")


def secondary_axis(axes: Any) -> None:
    axes.plot([0, 100], [0, 1])
    axes.secondary_xaxis("top", functions=(lambda c: c * 1.8 + 32, lambda f: (f - 32) / 1.8)).set_xlabel("Fahrenheit")


def twin_axes_above(axes: Any) -> None:
    axes.plot([0, 100], [0, 1])
    axes.twiny().plot([1e6, 3e6], [1, 0], color="C1")


def inset(axes: Any) -> None:
    axes.plot(X, np.sin(X))
    small = axes.inset_axes([0.55, 0.55, 0.4, 0.4], xlim=(2, 3), ylim=(0, 1))
    small.plot(X, np.sin(X), color="C1")
    axes.indicate_inset_zoom(small)


def days(axes: Any) -> None:
    axes.plot(DAYS, np.arange(30))


def hours(axes: Any) -> None:
    start = datetime.datetime(2026, 3, 1, 22)
    axes.plot([start + datetime.timedelta(minutes=17 * n) for n in range(40)], np.arange(40))


def days_of_numpy(axes: Any) -> None:
    axes.bar(np.arange("2026-01-01", "2026-01-15", dtype="datetime64[D]"), np.arange(14))


def logarithmic(axes: Any) -> None:
    axes.loglog([1, 10, 1e6], [1e-6, 1e-3, 1])


def logarithmic_short(axes: Any) -> None:
    axes.semilogy([1, 2, 3], [2, 4, 8])


def logarithmic_both_signs(axes: Any) -> None:
    axes.plot([-1000, -1, 0, 1, 1000], [1, 2, 3, 4, 5])
    axes.set_xscale("symlog")


def odds(axes: Any) -> None:
    axes.plot([1, 2, 3], [0.01, 0.5, 0.999])
    axes.set_yscale("logit")


def polar(axes: Any) -> None:
    figure = axes.figure
    axes.remove()
    round_axes = figure.add_subplot(projection="polar")
    round_axes.plot(np.linspace(0, 6, 50), np.linspace(0, 3, 50))


def pie(axes: Any) -> None:
    axes.pie([3, 2, 1], labels=["reads", "writes", "scans"], autopct="%1.0f%%", wedgeprops={"edgecolor": "white"},
             textprops={"color": "black"})  # fmt: skip


def stems(axes: Any) -> None:
    axes.stem([1, 2, 3], [3, 1, 2])


def events(axes: Any) -> None:
    axes.eventplot([[1, 2, 5], [2, 3, 7]], colors=["C0", "C1"])


def broken_bars(axes: Any) -> None:
    axes.broken_barh([(1, 2), (5, 3)], (10, 4), facecolors="C1")
    axes.broken_barh([(2, 2), (6, 3)], (16, 4), facecolors=("C0", "C3"), edgecolor="black")


def cumulative(axes: Any) -> None:
    axes.ecdf(SAMPLE)


def close_ticks(axes: Any) -> None:
    axes.plot([1, 2, 3, 4], [0.99990, 0.99993, 0.99997, 0.99999])


def millions(axes: Any) -> None:
    axes.plot([1_000_000, 2_500_000, 4_000_000], [1e9, 2.5e9, 3e9])


def tiny(axes: Any) -> None:
    axes.plot([1e-9, 2e-9, 3e-9], [-1e-5, 0, 1e-5])


def offset(axes: Any) -> None:
    axes.plot([1, 2, 3], [1_000_000.1, 1_000_000.2, 1_000_000.3])


def many_categories(axes: Any) -> None:
    axes.bar(["January", "February", "March", "April", "May", "June", "July", "August", "September"], range(1, 10))


def long_title(axes: Any) -> None:
    axes.plot([1, 2])
    axes.set_title("A long title that says in one sentence what the chart claims about the queue and its servers")
    axes.set_xlabel("The share of the day in which the server is busy, averaged over all the days of a year")
    axes.set_ylabel("A label of the axis that is longer than the chart is high, as nobody should write it")


def outside_legend(axes: Any) -> None:
    axes.plot(X, X, label="first")
    axes.plot(X, X / 2, label="second")
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.15), ncols=2, frameon=True, title="Kinds")


def grid_of_lines(axes: Any) -> None:
    axes.plot(X, np.sin(X))
    axes.grid(visible=True, which="both", axis="both", linestyle=":")
    axes.spines[["top", "right", "left"]].set_visible(True)
    axes.tick_params(direction="in", length=6)


def shapes(axes: Any) -> None:
    from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle

    axes.add_patch(Rectangle((0, 0), 2, 1, fill=False))
    axes.add_patch(Circle((4, 1), 0.6, color="C1"))
    axes.add_patch(Ellipse((7, 1), 2, 1, facecolor="none", edgecolor="C4", linewidth=2))
    axes.add_patch(Polygon([(0, 3), (2, 3), (1, 4)], facecolor="black", edgecolor="C0"))
    axes.add_patch(FancyBboxPatch((3.5, 3), 1.5, 1, boxstyle="round", facecolor="lightgrey"))
    axes.add_patch(FancyArrowPatch((6, 3), (9, 4), arrowstyle="<->", mutation_scale=15))
    axes.set(xlim=(-0.5, 10), ylim=(-0.5, 5))
    axes.set_axis_off()


def table(axes: Any) -> None:
    axes.plot([1, 2])
    axes.table([["1", "2"], ["3", "4"]], colLabels=["a", "b"], loc="top")


def two_axes(axes: Any) -> None:
    figure = axes.figure
    axes.remove()
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot(X, np.sin(X))
    lower.plot(X, np.cos(X), color="C1")
    figure.suptitle("Two, one over the other")


def markers(axes: Any) -> None:
    for n, marker in enumerate("ovs*D+x1|_.P"):
        axes.plot([n], [n % 3], marker, markersize=10, markeredgecolor="C1", color="black")


def triangles(axes: Any) -> None:
    x, y = SAMPLE[:30], SAMPLE[30:60]
    axes.tripcolor(x, y, SAMPLE[60:90])
    axes.triplot(x, y, color="grey", linewidth=0.5)


def effects(axes: Any) -> None:
    import matplotlib.patheffects as effects

    axes.plot(X, np.sin(X))
    axes.text(3, 0, "halo", path_effects=[effects.withStroke(linewidth=3, foreground="white")])


def matrix(axes: Any) -> None:
    axes.matshow(np.arange(9).reshape(3, 3), cmap="Greys")


def sparse(axes: Any) -> None:
    axes.spy(np.eye(8))
