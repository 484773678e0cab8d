-- Versions know who saved them; datasets keep their rows; labels, promotions and the audit log. People and promotions are
-- JSON documents.

create table versions_with_keys (
    key integer primary key,
    kind text not null,
    name text not null,
    number bigint not null,
    digest blob not null,
    saved_at text not null,
    saved_by text not null,
    message text,
    git_commit text,
    -- How many rows are kept in `version_rows`; null where they are not.
    rows_kept bigint,
    -- What an older carat kept of a prompt: the document that its digest is taken over. A prompt cannot be read from that, so
    -- it is no body; it stays because nobody else has it.
    outline text,
    body text,
    unique (kind, name, number),
    unique (kind, name, digest)
);

insert into versions_with_keys (kind, name, number, digest, saved_at, saved_by, outline)
    select kind, name, number, digest, saved_at, '{"name":"unknown","source":"unknown"}', body
    from versions order by saved_at, kind, name, number;

drop table versions;

alter table versions_with_keys rename to versions;

-- The rows of a dataset's version, in their order, from 0: at `position` and behind it, `count` in all, stand the contents
-- with the id `content` and those behind it. Rows that came one after another have such ids, so that a version takes little
-- more room than what is new in it.
create table version_rows (
    version bigint not null references versions (key),
    position bigint not null,
    content bigint not null,
    count bigint not null,
    primary key (version, position)
) without rowid;

-- Whether a version has it, so that it is kept whichever run is deleted.
alter table contents add column in_version bigint not null default 0;

-- One document a promotion. What is also in it stands beside it to be looked for.
create table promotions (
    id text primary key,
    kind text not null,
    name text not null,
    proposed_at text not null,
    -- From 1, one more with every step.
    revision bigint not null,
    body text not null
);

-- Every move of every label, by key in the order in which they were made. The last one counts.
create table label_moves (
    key integer primary key,
    kind text not null,
    name text not null,
    label text not null,
    from_version bigint references versions (key),
    to_version bigint references versions (key),
    moved_at text not null,
    moved_by text not null,
    why text,
    promotion text references promotions (id)
);

create index label_moves_by_label on label_moves (kind, name, label);

create table audit (
    seq integer primary key,
    entry text not null
);

-- Which runs used a version is told by their plans.
create index events_with_plans on events (run, seq) where kind in ('run_started', 'run_resumed');
