"""Says which of some secrets verify a request, by the official Python library: JSON in, a list of booleans out."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def verifies(secret, request):
    try:
        Webhook(secret).verify(request["body"], request["headers"])
    except WebhookVerificationError:
        return False
    return True


def main():
    request = json.load(sys.stdin)
    json.dump([verifies(secret, request) for secret in request["secrets"]], sys.stdout)


if __name__ == "__main__":
    main()
