"""The budget of a round: found by doubling, halved at a refusal, and grown in steps after the first one."""

from bot.push.refresh_budget import FIRST, MAX_SYMBOLS, MIN_SYMBOLS, STEP, RefreshBudget


def test_it_doubles_until_a_source_refuses_and_never_passes_its_bound() -> None:
    budget, seen = RefreshBudget(), []
    for _ in range(6):
        seen.append(budget.symbols)
        budget.taken(budget.symbols)
    assert seen == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST, MAX_SYMBOLS, MAX_SYMBOLS]


def test_it_halves_what_was_taken_at_a_refusal_and_grows_in_steps_from_there() -> None:
    budget = RefreshBudget()
    budget.taken(FIRST)
    budget.refused(20)
    assert budget.symbols == 10
    budget.taken(10)
    assert budget.symbols == 10 + STEP
    for _ in range(9):
        budget.refused(1)
    assert budget.symbols == MIN_SYMBOLS


def test_a_round_that_says_nothing_changes_nothing() -> None:
    budget = RefreshBudget()
    budget.taken(FIRST - 1)
    budget.refused(0)
    assert budget.symbols == FIRST
