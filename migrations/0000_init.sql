CREATE TABLE `deleted_tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`deleted_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`user_id` text NOT NULL,
	`key` text NOT NULL,
	`body_hash` text NOT NULL,
	`task_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`task_id` text NOT NULL,
	`seq` integer NOT NULL,
	`turn_id` text NOT NULL,
	`thread_id` text NOT NULL,
	`role` text NOT NULL,
	`content` text NOT NULL,
	`thinking` text,
	`author` text,
	`bot` text,
	`status` text NOT NULL,
	`created_at` text NOT NULL,
	`metadata` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `messages_by_task` ON `messages` (`task_id`,`seq`);--> statement-breakpoint
CREATE INDEX `messages_by_thread` ON `messages` (`task_id`,`thread_id`,`seq`);--> statement-breakpoint
CREATE TABLE `task_labels` (
	`task_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`task_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `task_members` (
	`task_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`team` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`task_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `task_members_newest` ON `task_members` (`user_id`,`created_at`,`task_id`);--> statement-breakpoint
CREATE INDEX `task_members_by_status` ON `task_members` (`user_id`,`status`,`created_at`,`task_id`);--> statement-breakpoint
CREATE INDEX `task_members_by_team` ON `task_members` (`user_id`,`team`,`created_at`,`task_id`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`title_folded` text NOT NULL,
	`team_namespace` text NOT NULL,
	`team_name` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`labels` text NOT NULL,
	`metadata` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`started_at` text,
	`ended_at` text,
	`progress` integer,
	`active_turn_id` text,
	`head_seq` integer NOT NULL,
	`epoch` text NOT NULL,
	`projected_seq` integer NOT NULL,
	`wake_at` integer
);
--> statement-breakpoint
CREATE INDEX `tasks_by_wake_at` ON `tasks` (`wake_at`) WHERE wake_at IS NOT NULL;