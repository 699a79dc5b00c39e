ALTER TABLE `messages` ADD `imported` integer;--> statement-breakpoint
ALTER TABLE `tasks` ADD `ephemeral` integer;