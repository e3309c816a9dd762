"""Where and how a household shops: what it buys on one day, it buys on one trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pantrypilot.pipelines.augmentation.pantry.draws import Draws, pick
from pantrypilot.pipelines.augmentation.pantry.params import HouseholdParams
from pantrypilot.pipelines.types import Table

if TYPE_CHECKING:
    import numpy as np

OPEN, SHUT = 8 * 3600, 21 * 3600  # seconds of the day (UTC) between which people shop
# How a purchase came to be known: an order's mail is read by the app, a shop's slip is photographed.
RECEIPTS = {"photo_scan": (55, 5), "manual_entry": (25, 10), "in_app": (20, 85)}  # weights in store, online


class Trips:
    """Stores, payments and so on of trips; `of` gives them as places in the lists of names."""

    def __init__(self, households: Table, params: HouseholdParams) -> None:
        import numpy as np

        told = [params.regions[name] for name in households["region"].cat.categories]
        self.stores = sorted({store for one in told for store in one.stores})
        self.cities = sorted({city for one in told for city in one.cities})
        self.payments = list(dict.fromkeys(payment for one in told for payment in one.payments))
        self.channels, self.receipts = ["in_store", "online"], list(RECEIPTS)
        self._region = households["region"].cat.codes.to_numpy()
        self._store = [np.array([self.stores.index(store) for store in one.stores], dtype=np.int16) for one in told]
        self._city = [np.array([self.cities.index(city) for city in one.cities], dtype=np.int16) for one in told]
        self._online = np.array([one.online for one in told])
        weights = np.array([[one.payments.get(payment, 0.0) for payment in self.payments] for one in told])
        cashless = weights * [payment != "cash" for payment in self.payments]
        cashless[cashless.sum(axis=1) == 0] = 1  # a region that knows cash alone still pays for what it orders
        self._payments = np.stack([weights, cashless])
        self._usual = params.main_store

    def of(self, users: slice, age: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
        """Of purchases, households of `users` together and each one's oldest first; `second` is of the day."""
        import numpy as np

        count = users.stop - users.start
        region = self._region[users]
        user = np.repeat(np.arange(count), len(age) // count)
        begins = np.ones(len(age), dtype=bool)
        begins[1:] = (age[1:] != age[:-1]) | (user[1:] != user[:-1])
        trip, owner = np.cumsum(begins) - 1, user[begins]
        trips = len(owner)

        home, city = _any_of(self._store, region, draws, "home store"), _any_of(self._city, region, draws, "city")
        other = _any_of(self._store, region[owner], draws, "store")
        store = np.where(draws.uniform("main store", trips) < self._usual, home[owner], other)
        online = (draws.uniform("channel", trips) < self._online[region[owner]]).astype(np.int8)
        payment = pick(self._payments[online, region[owner]], draws.uniform("payment", trips)).astype(np.int8)
        receipts = np.array(list(RECEIPTS.values()), dtype=float).T
        receipt = pick(receipts[online], draws.uniform("receipt", trips)).astype(np.int8)
        second = (OPEN + (SHUT - OPEN) * draws.uniform("time", trips)).astype(np.int32)
        of_trips = {"store": store, "payment": payment, "channel": online, "receipt": receipt, "second": second}
        return {"city": city[user], **{name: values[trip] for name, values in of_trips.items()}}


def _any_of(places: list[np.ndarray], region: np.ndarray, draws: Draws, purpose: str) -> np.ndarray:
    """One of its region's places for each."""
    import numpy as np

    most = max(map(len, places))
    table = np.array([[one[n % len(one)] for n in range(most)] for one in places])
    count = np.array([len(one) for one in places])
    return table[region, (draws.uniform(purpose, len(region)) * count[region]).astype(int)]
