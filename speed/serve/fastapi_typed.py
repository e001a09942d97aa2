"""A typed synchronous FastAPI handler, as the documentation's first page writes one, that does the same work."""

from fastapi import FastAPI
from pydantic import BaseModel

from fastapi_async import ANSWER, FORMAT

app = FastAPI()


class Row(BaseModel):
    id: str
    group: str
    prompt: str
    completion: str
    reference: str


class Batch(BaseModel):
    rows: list[Row]


class Scored(BaseModel):
    id: str
    reward: float
    columns: dict[str, float]


class Answer(BaseModel):
    rows: list[Scored]


def score(row: Row) -> Scored:
    form = 1.0 if FORMAT.fullmatch(row.completion.strip()) else 0.0
    found = ANSWER.findall(row.completion)
    correct = 1.0 if found and found[-1].strip() == row.reference else 0.0
    return Scored(id=row.id, reward=correct + 0.2 * form, columns={"format": form, "correct": correct})


@app.post("/v1/rewards")
def rewards(batch: Batch) -> Answer:
    return Answer(rows=[score(row) for row in batch.rows])
