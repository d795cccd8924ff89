"""The bulk refresh: within its budget, stopping at a no, and gone on with later."""

from datetime import timedelta

from forecasting.errors import FanchartError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.bulk_refresh import refresh
from forecasting.types.bars import PriceAnswer, PriceTrouble
from tests.factories import NOW, price_history

LATER = NOW + timedelta(minutes=4)


class FakeLatest:
    """Answers with good prices unless a symbol has an error or a trouble."""

    def __init__(self, **problems: FanchartError | PriceTrouble) -> None:
        self.problems = problems
        self.new: set[str] = set()
        self.asked: list[str] = []

    def latest(self, symbol: str) -> PriceAnswer:
        self.asked.append(symbol)
        problem = self.problems.get(symbol)
        if isinstance(problem, FanchartError):
            raise problem
        if problem is None:
            self.new.add(symbol)
        return PriceAnswer(price_history(symbol), problem)

    def is_new(self, symbol: str) -> bool:
        return symbol in self.new


def test_a_budget_bounds_each_call_and_calls_add_up() -> None:
    fake = FakeLatest()
    left: tuple[str, ...] = tuple(f"S{number}" for number in range(500))
    calls = 0
    while left:
        result = refresh(left, fake.latest, fake.is_new, 60)
        calls += 1
        assert len(fake.asked) <= 60 * calls
        left = result.left
    assert calls == 9
    assert len(fake.asked) == 500
    assert len(refresh(fake.asked, fake.latest, fake.is_new, 0).fresh) == 500


def test_what_is_new_costs_nothing() -> None:
    fake = FakeLatest()
    fake.new = {"A", "C"}
    result = refresh(["A", "B", "C", "D"], fake.latest, fake.is_new, 1)
    assert (result.fresh, result.left, fake.asked) == (("A", "B", "C"), ("D",), ["B"])


def test_a_symbol_without_prices_fails_alone() -> None:
    fake = FakeLatest(B=UnknownSymbol("B"))
    result = refresh(["A", "B", "C"], fake.latest, fake.is_new, 9)
    assert (result.fresh, result.failed, result.left) == (("A", "C"), ("B",), ())
    assert result.trouble is None


def test_a_no_stops_it_and_leaves_the_rest() -> None:
    nos: list[FanchartError | PriceTrouble] = [
        RateLimited("Yahoo", LATER),
        SourceUnreachable("Yahoo", "no answer", LATER),
        PriceTrouble("Yahoo is limiting us.", LATER),
    ]
    for no in nos:
        fake = FakeLatest(B=no, C=no, D=no)
        result = refresh(["A", "B", "C", "D", "E"], fake.latest, fake.is_new, 9)
        assert (result.fresh, result.failed, result.left) == (("A",), (), ("B", "C", "D", "E"))
        assert (fake.asked, result.answered) == (["A", "B", "C", "D"], 1)
        assert result.trouble is not None
        assert result.trouble.retry_at == LATER


def test_one_symbol_without_an_answer_holds_up_no_other() -> None:
    no = SourceUnreachable("Yahoo", "no answer", LATER)
    fake = FakeLatest(A=no, C=no, D=no)
    result = refresh(["A", "B", "C", "D", "E"], fake.latest, fake.is_new, 9)
    assert (result.fresh, result.left, result.trouble, result.answered) == (("B", "E"), ("A", "C", "D"), None, 2)


def test_old_prices_are_the_newest_there_are() -> None:
    fake = FakeLatest(B=PriceTrouble("The newest price of B is of 3 Jul 2020."))
    assert refresh(["A", "B"], fake.latest, fake.is_new, 9).fresh == ("A", "B")
