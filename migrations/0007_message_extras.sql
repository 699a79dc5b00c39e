ALTER TABLE `messages` ADD `extra` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `superseded_by` text;