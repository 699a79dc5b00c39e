DROP TABLE `task_labels`;--> statement-breakpoint
DROP INDEX `messages_by_task`;--> statement-breakpoint
DROP INDEX `messages_by_thread`;--> statement-breakpoint
CREATE INDEX `messages_by_role` ON `messages` (`task_id`,`role`,`seq`);--> statement-breakpoint
CREATE INDEX `messages_by_thread` ON `messages` (`task_id`,`thread_id`,`role`,`seq`);--> statement-breakpoint
CREATE TABLE `__new_task_members` (
	`entry` integer PRIMARY KEY NOT NULL,
	`task_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL
);
--> statement-breakpoint
-- An entry is the milliseconds of the task's creation times 2^20, and a number within them.
INSERT INTO `__new_task_members`("entry", "task_id", "user_id", "role", "status")
SELECT (unixepoch("created_at") * 1000 + substr("created_at", 21, 3)) * 1048576
	+ row_number() OVER (PARTITION BY "created_at" ORDER BY "task_id", "user_id") - 1,
	"task_id", "user_id", "role", "status" FROM `task_members`;--> statement-breakpoint
DROP TABLE `task_members`;--> statement-breakpoint
ALTER TABLE `__new_task_members` RENAME TO `task_members`;--> statement-breakpoint
CREATE UNIQUE INDEX `task_members_by_task` ON `task_members` (`task_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `task_members_newest` ON `task_members` (`user_id`);--> statement-breakpoint
CREATE INDEX `task_members_by_status` ON `task_members` (`user_id`,`status`);
