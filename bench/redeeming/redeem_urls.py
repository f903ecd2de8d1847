"""The floor of a redemption over REST: validate, then one SQL function that takes points and writes the claim.

POST body: {"member", "reward", "key"}, as floor.lua sends it.
"""

from datetime import date
from typing import Any

from django.db import connection
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

TODAY = date(2026, 6, 1)  # "today" in the floor's data


class Redemption(serializers.Serializer[Any]):
    member = serializers.IntegerField(min_value=1)
    reward = serializers.IntegerField(min_value=1)
    key = serializers.UUIDField()


class Redeem(APIView):
    def post(self, request: Request) -> Response:
        asked = Redemption(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        with connection.cursor() as cursor:
            cursor.execute(
                "select _id, _status from w3_redeem(%s, %s, %s, %s, 0)",
                [given["member"], given["reward"], given["key"], TODAY],
            )
            redemption, status = cursor.fetchone()
        return Response({"redemption": redemption, "status": status}, status=201 if status == "ok" else 409)


urlpatterns = [path("redeem", Redeem.as_view())]
