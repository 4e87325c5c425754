-- Why: what a till asks for ahead follows from the codes of its last week, which is found by time.
create index sale_by_time on sale (effective_ms);
