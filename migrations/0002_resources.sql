CREATE TABLE `resource_refs` (
	`from_kind` text NOT NULL,
	`from_namespace` text NOT NULL,
	`from_name` text NOT NULL,
	`to_kind` text NOT NULL,
	`to_namespace` text NOT NULL,
	`to_name` text NOT NULL,
	PRIMARY KEY(`from_namespace`, `from_kind`, `from_name`, `to_namespace`, `to_kind`, `to_name`)
);
--> statement-breakpoint
CREATE INDEX `resource_refs_to` ON `resource_refs` (`to_namespace`,`to_kind`,`to_name`);--> statement-breakpoint
CREATE TABLE `resources` (
	`kind` text NOT NULL,
	`namespace` text NOT NULL,
	`name` text NOT NULL,
	`display_name` text,
	`labels` text,
	`spec` text NOT NULL,
	`secrets` text NOT NULL,
	`refs` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`namespace`, `kind`, `name`)
);
--> statement-breakpoint
CREATE INDEX `resources_newest` ON `resources` (`namespace`,`kind`,`created_at`,`name`);