-- What lists are filtered by besides the status, under the entry of `task_members`. Every term
-- begins with the user it is for, so that nobody's search is slower for what others have.
-- Only the terms are indexed, no text is kept: rows that are found are looked at themselves.
CREATE VIRTUAL TABLE `task_search` USING fts5(
	terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
--> statement-breakpoint
-- Terms are hexadecimal, the same as `src/history/search-terms.ts` makes of a query: of the team,
-- of each label, and of every one, two and three neighbouring characters of the title.
CREATE VIEW `task_terms` AS
SELECT m.entry, m.task_id, (
	WITH RECURSIVE place(at) AS (
		SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < length(t.title_folded)
	), term(text) AS (
		SELECT 'm' || hex(t.team_namespace || '/' || t.team_name)
		UNION SELECT 'l' || hex(key || '=' || value) FROM json_each(t.labels)
		UNION SELECT 't' || hex(substr(t.title_folded, at, 1)) FROM place
		UNION SELECT 't' || hex(substr(t.title_folded, at, 2)) FROM place
		UNION SELECT 't' || hex(substr(t.title_folded, at, 3)) FROM place
	)
	SELECT group_concat(hex(m.user_id) || text, ' ') FROM term
) AS terms
FROM `task_members` m JOIN `tasks` t ON t.id = m.task_id;
--> statement-breakpoint
CREATE TRIGGER `task_members_found` AFTER INSERT ON `task_members` BEGIN
	INSERT INTO task_search(rowid, terms) SELECT entry, terms FROM task_terms WHERE entry = new.entry;
END;
--> statement-breakpoint
CREATE TRIGGER `task_members_lost` AFTER DELETE ON `task_members` BEGIN
	DELETE FROM task_search WHERE rowid = old.entry;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_described_anew` AFTER UPDATE OF `title_folded`, `labels` ON `tasks`
WHEN old.title_folded <> new.title_folded OR old.labels <> new.labels BEGIN
	DELETE FROM task_search WHERE rowid IN (SELECT entry FROM task_members WHERE task_id = new.id);
	INSERT INTO task_search(rowid, terms) SELECT entry, terms FROM task_terms WHERE task_id = new.id;
END;
--> statement-breakpoint
INSERT INTO task_search(rowid, terms) SELECT entry, terms FROM task_terms;
