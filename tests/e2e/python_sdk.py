#!/usr/bin/env python3
"""Every operation of the official Python SDK, once when it works and once when it is refused (api.md §15).

Run by python_sdk.test.js, which starts what this talks to: OUTPOST_URL (…/api/v1), OUTPOST_KEY and RECEIVER_URL. The
operations are read from the SDK itself, so that none is forgotten when it is updated. Each is called plainly and through
its _async twin.
"""
import asyncio
import functools
import inspect
import itertools
import json
import os
import time
import unittest
from datetime import datetime, timedelta, timezone

from outpost_sdk import Outpost, errors

URL, KEY, RECEIVER = os.environ["OUTPOST_URL"], os.environ["OUTPOST_KEY"], os.environ["RECEIVER_URL"]
WAIT_SECONDS = 15 * float(os.environ.get("E2E_SLOWER", "1"))
NOT_OPERATIONS = {"dynamic_import"}  # a public name for the SDK's own use
LOOP = asyncio.new_event_loop()
count = itertools.count(1)


@functools.cache
def client_with(key):
    return Outpost(api_key=key, server_url=URL)


def operations_of_sdk():
    """Names like "tenants.get" of all methods of the client and of its groups, without the _async twins."""
    client = client_with(KEY)
    groups = [("", client)] + [(f"{name}.", getattr(client, name)) for name in client._sub_sdk_map]
    own = [(prefix, name) for prefix, group in groups for name, method in vars(type(group)).items() if inspect.isfunction(method)]
    return {prefix + name for prefix, name in own
            if not name.startswith("_") and not name.endswith("_async") and name not in NOT_OPERATIONS}


def until(what, look):
    """Calls `look` until it answers something true, and returns that."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {WAIT_SECONDS} s for {what}")
        time.sleep(0.01)


class Things:
    """A tenant of its own for each operation, with a destination, an event and an attempt of it."""

    def __init__(self, asynchronous):
        self.asynchronous = asynchronous
        self.tenant = f"py-{os.getpid()}-{next(count)}"
        self.missing = f"missing-{self.tenant}"
        now = datetime.now(timezone.utc)
        self.range = {"start": now - timedelta(hours=1), "end": now + timedelta(hours=1)}
        self("tenants.upsert", tenant_id=self.tenant)
        self.destination = self("destinations.create", tenant_id=self.tenant, body=self.webhook()).id
        self.event = self("publish", request={"tenant_id": self.tenant, "topic": "user.created", "data": {"u": 1}}).id
        self.attempt = self.attempts(1)[0].id

    def __call__(self, operation, key=KEY, **arguments):
        """Calls an operation by its name."""
        *group, name = operation.split(".")

        def method(suffix=""):
            client = client_with(key)
            return getattr(getattr(client, group[0]) if group else client, name + suffix)

        if self.asynchronous:
            return LOOP.run_until_complete(method("_async")(**arguments))
        return method()(**arguments)

    def webhook(self, **more):
        return {"type": "webhook", "topics": ["*"], "config": {"url": RECEIVER}, **more}

    def attempts(self, number):
        def look():
            found = models_of(self("attempts.list", request={"event_id": self.event}))
            return found if len(found) >= number else None
        return until(f"{number} attempts", look)

    def of_destination(self, **more):
        return {"tenant_id": self.tenant, "destination_id": self.destination, **more}

    def of_missing(self, **more):
        return {"tenant_id": self.tenant, "destination_id": self.missing, **more}


def models_of(page):
    """The rows of a page, which the SDK may wrap together with a way to the next one."""
    return getattr(page, "result", page).models


def fails(kind, status, operation, arguments, message=None, key=KEY):
    return {"kind": kind, "status": status, "call": lambda it: it(operation, key=key, **arguments(it)), "message": message}


def missing(operation, arguments, message):
    return fails(errors.NotFoundError, 404, operation, arguments, message)


def unknown(operation, arguments=lambda it: {}):
    return fails(errors.UnauthorizedError, 401, operation, arguments, "unauthorized", key="nobody")


def hosted_only(operation, **arguments):
    """Self-hosted servers have no such path, of which the SDK's own documentation warns."""
    return None, fails(errors.OutpostError, 404, operation, lambda it: arguments)


def equal(actual, expected):
    assert actual == expected, f"{actual!r} instead of {expected!r}"


def retried(it):
    equal(it("retry", request={"event_id": it.event, "destination_id": it.destination}).success, True)
    equal([(one.attempt_number, one.manual) for one in reversed(it.attempts(2))], [(1, False), (2, True)])


def published(it):
    receipt = it("publish", request={"id": f"{it.tenant}-e", "tenant_id": it.tenant, "topic": "user.created", "data": {}})
    equal((receipt.id, receipt.duplicate, receipt.destination_ids), (f"{it.tenant}-e", False, [it.destination]))


def token_works(it):
    token = it("tenants.get_token", tenant_id=it.tenant).token
    equal(it("tenants.get", key=token, tenant_id=it.tenant).id, it.tenant)


def listed_tenant(it):
    page = it("tenants.list", request={"id": it.tenant})
    equal([one.id for one in models_of(page)], [it.tenant])
    equal(getattr(page, "result", page).pagination.dir, "desc")


def listed_event(it):
    query = {"tenant_id": it.tenant, "topic": ["user.created", "user.deleted"], "time": {"gte": it.range["start"]}}
    equal([(one.id, one.data) for one in models_of(it("events.list", request=query))], [(it.event, {"u": 1})])


def listed_attempt(it):
    query = {"event_id": it.event, "include": ["event", "response_data"], "status": "success"}
    [attempt] = models_of(it("attempts.list", request=query))
    equal((attempt.id, attempt.attempt_number, attempt.manual, attempt.code), (it.attempt, 1, False, "200"))


def got_attempt(it):
    attempt = it("attempts.get", attempt_id=it.attempt, include=["event.data", "destination"])
    equal((attempt.event.data, attempt.destination.id), ({"u": 1}, it.destination))


def created(it):
    made = it("destinations.create", tenant_id=it.tenant, body=it.webhook(filter={"data": {"a": 1}}, metadata={"k": "v"}))
    equal((made.type, made.filter_, made.metadata, made.disabled_at), ("webhook", {"data": {"a": 1}}, {"k": "v"}, None))


def metrics(operation, measures, expected):
    def works(it):
        query = {"time": it.range, "measures": measures, "filters_tenant_id": it.tenant}
        found = until("something in the metrics", lambda: it(operation, request=query).data)
        equal([point.metrics for point in found], [expected])
    return works


def bad_metrics(operation):
    return fails(errors.BadRequestError, 400, operation,
                 lambda it: {"request": {"time": it.range, "measures": ["count"], "granularity": "61s"}},
                 'invalid granularity "61s": s value must be between 1 and 60')


BAD_TOPICS = "validation failed: invalid topics"
BAD_CURSOR = {"request": {"next_cursor": "!!!"}}

# name → (what must hold when it works, how it is refused); health asks for nothing that could be refused.
OPERATIONS = {
    "publish": (published, fails(errors.BadRequestError, 422, "publish",
                                 lambda it: {"request": {"tenant_id": it.tenant, "topic": "nope", "data": {}}}, "validation error")),
    "retry": (retried, missing("retry", lambda it: {"request": {"event_id": it.missing, "destination_id": it.destination}},
                               "event not found")),
    "health.check": (lambda it: equal(it("health.check").status, "healthy"), None),
    "configuration.get_managed_config": hosted_only("configuration.get_managed_config"),
    "configuration.update_managed_config": hosted_only("configuration.update_managed_config", request={}),
    "operator_events.list_destination_types": hosted_only("operator_events.list_destination_types"),
    "operator_events.list_destinations": hosted_only("operator_events.list_destinations"),
    "operator_events.create_destination": hosted_only(
        "operator_events.create_destination", request={"type": "webhook", "topics": ["*"], "config": {"url": RECEIVER}}),
    "operator_events.get_destination": hosted_only("operator_events.get_destination", destination_id="d"),
    "operator_events.update_destination": hosted_only("operator_events.update_destination", destination_id="d", body={}),
    "operator_events.delete_destination": hosted_only("operator_events.delete_destination", destination_id="d"),
    "operator_events.enable_destination": hosted_only("operator_events.enable_destination", destination_id="d"),
    "operator_events.disable_destination": hosted_only("operator_events.disable_destination", destination_id="d"),
    "operator_events.list_events": hosted_only("operator_events.list_events"),
    "operator_events.get_event": hosted_only("operator_events.get_event", event_id="e"),
    "operator_events.list_event_attempts": hosted_only("operator_events.list_event_attempts", event_id="e"),
    "operator_events.list_attempts": hosted_only("operator_events.list_attempts", request={}),
    "operator_events.get_attempt": hosted_only("operator_events.get_attempt", attempt_id="a"),
    "operator_events.retry": hosted_only("operator_events.retry", request={"event_id": "e", "destination_id": "d"}),
    "tenants.list": (listed_tenant, fails(errors.BadRequestError, 400, "tenants.list", lambda it: BAD_CURSOR)),
    "tenants.upsert": (
        lambda it: equal(it("tenants.upsert", tenant_id=it.tenant, body={"metadata": {"a": "b"}}).metadata, {"a": "b"}),
        unknown("tenants.upsert", lambda it: {"tenant_id": it.tenant})),
    "tenants.get": (lambda it: equal(it("tenants.get", tenant_id=it.tenant).destinations_count, 1),
                    missing("tenants.get", lambda it: {"tenant_id": it.missing}, "tenant not found")),
    "tenants.delete": (lambda it: equal(it("tenants.delete", tenant_id=it.tenant).success, True),
                       missing("tenants.delete", lambda it: {"tenant_id": it.missing}, "tenant not found")),
    "tenants.get_portal_url": (
        lambda it: equal(it("tenants.get_portal_url", tenant_id=it.tenant, theme="dark").redirect_url.endswith("&theme=dark"), True),
        missing("tenants.get_portal_url", lambda it: {"tenant_id": it.missing}, "tenant not found")),
    "tenants.get_token": (token_works, missing("tenants.get_token", lambda it: {"tenant_id": it.missing}, "tenant not found")),
    "events.list": (listed_event, fails(errors.BadRequestError, 400, "events.list", lambda it: BAD_CURSOR, "invalid cursor")),
    "events.get": (lambda it: equal(it("events.get", event_id=it.event).matched_destination_ids, [it.destination]),
                   missing("events.get", lambda it: {"event_id": it.missing}, "event not found")),
    "attempts.list": (listed_attempt, fails(errors.BadRequestError, 400, "attempts.list", lambda it: BAD_CURSOR, "invalid cursor")),
    "attempts.get": (got_attempt, missing("attempts.get", lambda it: {"attempt_id": it.missing}, "attempt not found")),
    "destinations.list": (
        lambda it: equal([one.id for one in it("destinations.list", tenant_id=it.tenant, type_="webhook", topics=["user.created"])],
                         [it.destination]),
        missing("destinations.list", lambda it: {"tenant_id": it.missing}, "tenant not found")),
    "destinations.create": (created, fails(errors.APIErrorResponse, 422, "destinations.create", lambda it: {
        "tenant_id": it.tenant, "body": it.webhook(topics=["nope"])}, BAD_TOPICS)),
    "destinations.get": (lambda it: equal(it("destinations.get", **it.of_destination()).config.url, RECEIVER),
                         missing("destinations.get", Things.of_missing, "destination not found")),
    "destinations.update": (
        lambda it: equal(it("destinations.update", **it.of_destination(body={"type": "webhook", "topics": ["user.created"]})).topics,
                         ["user.created"]),
        fails(errors.APIErrorResponse, 422, "destinations.update",
              lambda it: it.of_destination(body={"type": "webhook", "topics": ["nope"]}), BAD_TOPICS)),
    "destinations.delete": (lambda it: equal(it("destinations.delete", **it.of_destination()).success, True),
                            missing("destinations.delete", Things.of_missing, "destination not found")),
    "destinations.enable": (lambda it: equal(it("destinations.enable", **it.of_destination()).disabled_at, None),
                            missing("destinations.enable", Things.of_missing, "destination not found")),
    "destinations.disable": (lambda it: equal(isinstance(it("destinations.disable", **it.of_destination()).disabled_at, datetime), True),
                             missing("destinations.disable", Things.of_missing, "destination not found")),
    "destinations.list_attempts": (
        lambda it: equal([one.id for one in models_of(it("destinations.list_attempts", request=it.of_destination()))], [it.attempt]),
        missing("destinations.list_attempts", lambda it: {"request": {"tenant_id": it.missing, "destination_id": "d"}},
                "tenant not found")),
    "destinations.get_attempt": (
        lambda it: equal(it("destinations.get_attempt", **it.of_destination(attempt_id=it.attempt)).id, it.attempt),
        missing("destinations.get_attempt", lambda it: it.of_destination(attempt_id=it.missing), "attempt not found")),
    "schemas.list_destination_types": (lambda it: equal(it("schemas.list_destination_types")[0].type, "webhook"),
                                       unknown("schemas.list_destination_types")),
    "schemas.get_destination_type": (lambda it: equal(it("schemas.get_destination_type", type_="webhook").type, "webhook"),
                                     unknown("schemas.get_destination_type", lambda it: {"type_": "webhook"})),
    "topics.list": (lambda it: equal(it("topics.list"), ["user.created", "user.deleted"]), unknown("topics.list")),
    "metrics.get_event_metrics": (metrics("metrics.get_event_metrics", ["count"], {"count": 1}),
                                  bad_metrics("metrics.get_event_metrics")),
    "metrics.get_attempt_metrics": (
        metrics("metrics.get_attempt_metrics", ["count", "error_rate"], {"count": 1, "error_rate": 0}),
        bad_metrics("metrics.get_attempt_metrics")),
}

AWS = {"key": "AKIAIOSFODNN7EXAMPLE", "secret": "secret-of-aws"}
LOGIN = {"username": "u", "password": "p"}
OTHER_TYPES = {
    "aws_sqs": ({"queue_url": "https://sqs.eu-west-1.amazonaws.com/1/q"}, AWS),
    "aws_kinesis": ({"stream_name": "s", "region": "eu-west-1"}, AWS),
    "aws_s3": ({"bucket": "b", "region": "eu-west-1"}, AWS),
    "gcp_pubsub": ({"project_id": "p", "topic": "t"}, {"service_account_json": '{"type":"service_account"}'}),
    "azure_servicebus": ({"name": "q"}, {"connection_string": "Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=s"}),
    "rabbitmq": ({"server_url": "localhost:5672", "exchange": "x"}, LOGIN),
    "kafka": ({"brokers": "localhost:9092", "topic": "t", "sasl_mechanism": "plain"}, LOGIN),
}


class PythonSdk(unittest.TestCase):
    def test_it_has_the_operations_that_are_tested_here_and_no_other(self):
        self.assertEqual(operations_of_sdk(), set(OPERATIONS))

    def test_each_operation_works_and_is_refused_with_its_error(self):
        for name, asynchronous in itertools.product(OPERATIONS, (False, True)):
            with self.subTest(name, asynchronous=asynchronous):
                works, refusal = OPERATIONS[name]
                it = Things(asynchronous)
                if works:
                    works(it)
                if refusal:
                    self.check_refusal(it, refusal)

    def check_refusal(self, it, refusal):
        with self.assertRaises(refusal["kind"]) as caught:
            refusal["call"](it)
        self.assertEqual(caught.exception.status_code, refusal["status"])
        if refusal["message"]:
            self.assertEqual(caught.exception.message, refusal["message"])
        self.assertEqual(json.loads(caught.exception.body)["status"], refusal["status"], "the envelope is behind every error (A1)")

    def test_a_destination_of_each_type_is_made_or_this_build_has_none(self):
        it = Things(False)
        built = {one.type for one in it("schemas.list_destination_types")}
        for kind, (config, credentials) in OTHER_TYPES.items():
            with self.subTest(kind):
                body = {"type": kind, "topics": ["*"], "config": config, "credentials": credentials}
                if kind in built:
                    self.assertEqual(it("destinations.create", tenant_id=it.tenant, body=body).type, kind)
                    continue
                with self.assertRaises(errors.APIErrorResponse) as caught:
                    it("destinations.create", tenant_id=it.tenant, body=body)
                self.assertEqual(caught.exception.message, f"no provider registered for destination type: {kind}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
