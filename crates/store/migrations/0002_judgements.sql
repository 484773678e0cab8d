-- What judges answered: the third table of a run's journal, merged with `samples` and `events` by seq. It goes with its run.

create table judgements (
    run bigint not null references runs (key) on delete cascade,
    seq bigint not null,
    elapsed_us bigint not null,
    variant bigint not null,
    row_id text not null,
    trial bigint not null,
    scorer text not null,
    model text not null,
    model_digest blob not null,
    request_digest blob not null,
    vote bigint not null,
    body text not null,
    primary key (run, seq)
);

-- The same question to the same judge is answered from here.
create index judgements_by_question on judgements (model_digest, request_digest, vote);
