CREATE TABLE `history_shards` (
	`name` text PRIMARY KEY NOT NULL,
	`bytes` integer NOT NULL,
	`full` integer DEFAULT false NOT NULL,
	`checked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `history_users` (
	`id` text PRIMARY KEY NOT NULL
);
