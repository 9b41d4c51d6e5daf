# mypy: ignore-errors
# Runs inside Tryton's own virtual environment, whose packages are not ours to type-check against.
"""The shop's company and its books: chart of accounts, tax, fiscal year, ways of paying."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

from proteus import Model
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import (
    create_payment_term,
    set_fiscalyear_invoice_sequences,
)
from trytond.modules.company.tests.tools import create_company, get_company


def open_books():
    """A company in US dollars with open periods, 8 % sales tax and a card clearing method."""
    create_company(currency="USD")
    company = get_company()
    company.party.name = "Demo Shop"
    company.party.save()
    create_chart(company)
    year = datetime.datetime.now(tz=datetime.UTC).year
    # Long enough on both sides for a database kept in a cache over the new year.
    fiscal_year = set_fiscalyear_invoice_sequences(
        create_fiscalyear(company, (datetime.date(year, 1, 1), datetime.date(year + 2, 12, 31)))
    )
    fiscal_year.click("create_period")
    accounts = get_accounts(company)
    accounts["return_fees"] = _account_like(accounts["revenue"], "Return fees")
    accounts["difference"] = _account_like(accounts["revenue"], "Refund differences")
    tax = create_tax(Decimal(".08"))
    tax.name = tax.description = "Sales tax 8%"
    tax.save()
    term = create_payment_term()
    term.save()
    (journal,) = Model.get("account.journal").find([("type", "=", "cash")])
    clearing = Model.get("account.invoice.payment.method")(
        name="Card clearing", journal=journal, credit_account=accounts["cash"], debit_account=accounts["cash"]
    )
    clearing.save()
    return SimpleNamespace(company=company, accounts=accounts, tax=tax, term=term, clearing=clearing)


def _account_like(model, name):
    account = Model.get("account.account")(name=name, type=model.type, parent=model.parent)
    account.save()
    return account
