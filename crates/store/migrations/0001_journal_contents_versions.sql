-- The first shape of a store, in SQLite's words. Instants are RFC 3339 in UTC, digests are 32 bytes, documents are JSON;
-- names and ids have no NUL in them (see src/text.rs).

create table runs (
    key integer primary key,
    id text not null unique,
    eval text not null,
    name text,
    started_at text not null
);

create index runs_by_start on runs (started_at, id);
create index runs_by_name on runs (name, started_at);

-- Golden rows, and messages that were sent more than once, under the digest of their canonical JSON.
create table contents (
    id integer primary key,
    digest blob not null unique,
    body text not null
);

-- Which run needs which content, so that deleting a run takes what nobody else needs with it. There is no index by run:
-- it would be written with every row and be used only then.
create table uses (
    run bigint not null references runs (key),
    content bigint not null references contents (id),
    primary key (content, run)
) without rowid;

-- The journal of a run is this table and `events`, merged by seq. What is light stands before what is heavy, so that a
-- reader of the first need not step over the second.
create table samples (
    run bigint not null references runs (key),
    seq bigint not null,
    superseded bigint not null default 0,
    elapsed_us bigint not null,
    variant bigint not null,
    trial bigint not null,
    row_id text not null,
    row_digest blob not null,
    request_digest blob,
    outcome bigint not null,
    attempts bigint not null,
    latency_us bigint,
    verdicts text,
    answer text not null,
    request text,
    primary key (run, seq)
);

create index samples_superseded on samples (run) where superseded <> 0;

create table events (
    run bigint not null references runs (key),
    seq bigint not null,
    elapsed_us bigint not null,
    kind text not null,
    body text not null,
    primary key (run, seq)
);

create table versions (
    kind text not null,
    name text not null,
    number bigint not null,
    digest blob not null,
    saved_at text not null,
    body text,
    primary key (kind, name, number),
    unique (kind, name, digest)
);
