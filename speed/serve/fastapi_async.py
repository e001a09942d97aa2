"""A raw asynchronous FastAPI handler that does the same work: format and exact match of every row."""

import re

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()
FORMAT = re.compile(r"<think>((?!</?think>|</?answer>).)*</think>\s*<answer>((?!</?think>|</?answer>).)*</answer>", re.S)
ANSWER = re.compile(r"<answer>(.*?)</answer>", re.S)


def score(row: dict) -> dict:
    completion = row["completion"]
    form = 1.0 if FORMAT.fullmatch(completion.strip()) else 0.0
    found = ANSWER.findall(completion)
    correct = 1.0 if found and found[-1].strip() == row["reference"] else 0.0
    return {"id": row["id"], "reward": correct + 0.2 * form, "columns": {"format": form, "correct": correct}}


@app.post("/v1/rewards")
async def rewards(request: Request) -> JSONResponse:
    body = await request.json()
    return JSONResponse({"rows": [score(row) for row in body["rows"]]})
