CREATE TABLE `assessment_params` (
  `campaign` varchar(64) NOT NULL,
  `version` int(11) NOT NULL,
  `nearly_ratio` varchar(32) NOT NULL,
  `pace_ratio` varchar(32) NOT NULL,
  PRIMARY KEY (`campaign`,`version`),
  CONSTRAINT `assessment_params_campaign` FOREIGN KEY (`campaign`) REFERENCES `campaigns` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `attempts` (
  `name` varchar(100) NOT NULL,
  `tries` int(11) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`name`),
  KEY `attempts_ends` (`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_archives` (
  `until` bigint(20) NOT NULL,
  `file` varchar(1024) NOT NULL,
  `sha256` varchar(64) NOT NULL,
  `note` longblob NOT NULL,
  `archived_at` datetime(6) NOT NULL,
  PRIMARY KEY (`until`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_checkpoints` (
  `size` bigint(20) NOT NULL,
  `note` longblob NOT NULL,
  PRIMARY KEY (`size`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_events` (
  `id` varchar(64) NOT NULL,
  `at` datetime(6) NOT NULL,
  `outcome` varchar(16) NOT NULL,
  `name` varchar(64) NOT NULL,
  `subject` varchar(32) NOT NULL,
  `subject_id` varchar(255) NOT NULL,
  `version` int(11) NOT NULL,
  `accepted_version` int(11) DEFAULT NULL,
  `actor_id` varchar(255) NOT NULL,
  `campaign` varchar(64) NOT NULL,
  `region` varchar(16) NOT NULL,
  `period` varchar(64) NOT NULL,
  `canonical` longblob NOT NULL,
  `request_key` varbinary(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `audit_events_accepted` (`subject`,`subject_id`,`accepted_version`),
  UNIQUE KEY `audit_events_request` (`actor_id`,`request_key`),
  KEY `audit_events_subject` (`subject`,`subject_id`,`version`),
  KEY `audit_events_rebuild` (`campaign`,`subject`,`subject_id`,`accepted_version`),
  KEY `audit_events_campaign` (`campaign`,`at`,`id`),
  KEY `audit_events_region` (`region`,`at`,`id`),
  KEY `audit_events_region_period` (`region`,`period`,`at`,`id`),
  KEY `audit_events_actor` (`actor_id`,`at`,`id`),
  KEY `audit_events_name` (`name`,`at`,`id`),
  KEY `audit_events_outcome` (`outcome`,`at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_hashes` (
  `position` bigint(20) NOT NULL,
  `hash` binary(32) NOT NULL,
  PRIMARY KEY (`position`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_log` (
  `log_index` bigint(20) NOT NULL,
  `event_id` varchar(64) NOT NULL,
  PRIMARY KEY (`log_index`),
  UNIQUE KEY `audit_log_event` (`event_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_pending` (
  `n` bigint(20) NOT NULL AUTO_INCREMENT,
  `event_id` varchar(64) NOT NULL,
  PRIMARY KEY (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `audit_verifications` (
  `id` char(36) NOT NULL,
  `asked_by` varchar(64) NOT NULL,
  `channel` varchar(20) NOT NULL,
  `asked_at` datetime(6) NOT NULL,
  `state` varchar(20) NOT NULL,
  `slot` int(11) DEFAULT NULL,
  `lease_until` datetime(6) DEFAULT NULL,
  `started_at` datetime(6) DEFAULT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `result` mediumtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `audit_verifications_slot` (`slot`),
  KEY `audit_verifications_asked` (`asked_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `campaign_regions` (
  `campaign` varchar(64) NOT NULL,
  `region` varchar(16) NOT NULL,
  PRIMARY KEY (`campaign`,`region`),
  KEY `campaign_regions_region` (`region`),
  CONSTRAINT `campaign_regions_campaign` FOREIGN KEY (`campaign`) REFERENCES `campaigns` (`code`),
  CONSTRAINT `campaign_regions_region` FOREIGN KEY (`region`) REFERENCES `regions` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `campaigns` (
  `code` varchar(64) NOT NULL,
  `title` varchar(1200) NOT NULL,
  `starts` varchar(10) NOT NULL,
  `params_version` int(11) NOT NULL,
  `open_period` varchar(64) NOT NULL,
  `version` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `credentials` (
  `hash` varchar(128) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `label` varchar(400) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_seen` datetime(6) DEFAULT NULL,
  `expires_at` datetime(6) DEFAULT NULL,
  `needs` varchar(16) NOT NULL DEFAULT '',
  `scopes` varchar(2000) NOT NULL DEFAULT '',
  `address` varchar(64) NOT NULL DEFAULT '',
  `agent` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`hash`),
  KEY `credentials_user` (`user_id`,`created_at`),
  CONSTRAINT `credentials_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `delegations` (
  `id` varchar(64) NOT NULL,
  `grantor` varchar(64) NOT NULL,
  `deputy` varchar(64) NOT NULL,
  `role` varchar(64) NOT NULL,
  `region` varchar(16) NOT NULL,
  `from_day` varchar(10) NOT NULL,
  `to_day` varchar(10) NOT NULL,
  `version` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `delegations_deputy` (`deputy`,`to_day`),
  KEY `delegations_grantor` (`grantor`,`to_day`),
  CONSTRAINT `delegations_deputy` FOREIGN KEY (`deputy`) REFERENCES `users` (`id`),
  CONSTRAINT `delegations_grantor` FOREIGN KEY (`grantor`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `edition_rows` (
  `edition_id` varchar(64) NOT NULL,
  `n` int(11) NOT NULL,
  `content` mediumtext NOT NULL,
  PRIMARY KEY (`edition_id`,`n`),
  CONSTRAINT `edition_rows_edition` FOREIGN KEY (`edition_id`) REFERENCES `editions` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `editions` (
  `id` varchar(64) NOT NULL,
  `campaign` varchar(64) NOT NULL,
  `period` varchar(64) NOT NULL,
  `number` int(11) NOT NULL,
  `title` mediumtext NOT NULL,
  `header` mediumtext NOT NULL,
  `row_count` int(11) NOT NULL,
  `sha256` varchar(64) NOT NULL,
  `as_of` varchar(64) NOT NULL,
  `gaps` longtext NOT NULL,
  `signed_by` mediumtext NOT NULL,
  `issued_by` varchar(64) NOT NULL,
  `issued_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `editions_number` (`campaign`,`period`,`number`),
  CONSTRAINT `editions_campaign` FOREIGN KEY (`campaign`) REFERENCES `campaigns` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `evidence` (
  `id` varchar(64) NOT NULL,
  `task_id` varchar(64) NOT NULL,
  `sha256` varchar(64) NOT NULL,
  `name` varchar(255) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `size` bigint(20) NOT NULL,
  `uploader` varchar(64) NOT NULL,
  `uploaded_at` datetime(6) NOT NULL,
  `version` int(11) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `evidence_upload` (`task_id`,`uploader`,`sha256`),
  KEY `evidence_file` (`sha256`),
  CONSTRAINT `evidence_task` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `evidence_files` (
  `sha256` varchar(64) NOT NULL,
  `generation` varchar(64) NOT NULL,
  PRIMARY KEY (`sha256`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `flags` (
  `id` varchar(64) NOT NULL,
  `task_id` varchar(64) NOT NULL,
  `period` varchar(64) NOT NULL,
  `verdict` varchar(16) NOT NULL,
  `reason` mediumtext NOT NULL,
  `rectify_by` varchar(10) NOT NULL,
  `opened_by` varchar(64) NOT NULL,
  `opened_at` datetime(6) NOT NULL,
  `cleared_by` varchar(64) NOT NULL,
  `cleared_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `flags_task` (`task_id`,`opened_at`),
  CONSTRAINT `flags_task` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `grants` (
  `user_id` varchar(64) NOT NULL,
  `position` int(11) NOT NULL,
  `role` varchar(64) NOT NULL,
  `region` varchar(16) NOT NULL,
  PRIMARY KEY (`user_id`,`position`),
  CONSTRAINT `grants_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `identity_version` (
  `id` int(11) NOT NULL,
  `version` bigint(20) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `links` (
  `id` varchar(64) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  `issuer` varchar(500) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `links_user` (`user_id`),
  CONSTRAINT `links_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `narrative_edits` (
  `id` varchar(64) NOT NULL,
  `campaign` varchar(64) NOT NULL,
  `period` varchar(64) NOT NULL,
  `task_id` varchar(64) NOT NULL,
  `report_id` varchar(64) NOT NULL,
  `original` mediumtext NOT NULL,
  `narrative` mediumtext NOT NULL,
  `reason` mediumtext NOT NULL,
  `editor` varchar(64) NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `narrative_edits_period` (`campaign`,`period`,`at`),
  KEY `narrative_edits_report` (`report_id`),
  CONSTRAINT `narrative_edits_report` FOREIGN KEY (`report_id`) REFERENCES `reports` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `past_passwords` (
  `user_id` varchar(64) NOT NULL,
  `ended_at` datetime(6) NOT NULL,
  `hash` varchar(255) NOT NULL,
  PRIMARY KEY (`user_id`,`ended_at`),
  CONSTRAINT `past_passwords_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `periods` (
  `campaign` varchar(64) NOT NULL,
  `code` varchar(64) NOT NULL,
  `label` varchar(200) NOT NULL,
  `cutoff` varchar(10) NOT NULL,
  `report_by` varchar(10) NOT NULL,
  PRIMARY KEY (`campaign`,`code`),
  CONSTRAINT `periods_campaign` FOREIGN KEY (`campaign`) REFERENCES `campaigns` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `preferences` (
  `user_id` varchar(64) NOT NULL,
  `language` varchar(16) NOT NULL,
  `read_until` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `preferences_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `recovery_codes` (
  `user_id` varchar(64) NOT NULL,
  `hash` varchar(128) NOT NULL,
  PRIMARY KEY (`user_id`,`hash`),
  CONSTRAINT `recovery_codes_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `regions` (
  `code` varchar(16) NOT NULL,
  `name` varchar(200) NOT NULL,
  `retired` tinyint(1) NOT NULL DEFAULT 0,
  `version` int(11) NOT NULL DEFAULT 1,
  PRIMARY KEY (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `replays` (
  `actor_id` varchar(64) NOT NULL,
  `replay_key` varbinary(255) NOT NULL,
  `hash` varchar(128) NOT NULL,
  `answer` longblob DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`actor_id`,`replay_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `report_drafts` (
  `task_id` varchar(64) NOT NULL,
  `user_id` varchar(64) NOT NULL,
  `period` varchar(64) NOT NULL,
  `content` mediumtext NOT NULL,
  `revision` int(11) NOT NULL,
  `saved_at` datetime(6) NOT NULL,
  PRIMARY KEY (`task_id`,`user_id`),
  KEY `report_drafts_own` (`user_id`,`saved_at`),
  CONSTRAINT `report_drafts_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `reports` (
  `id` varchar(64) NOT NULL,
  `task_id` varchar(64) NOT NULL,
  `number` int(11) NOT NULL,
  `period` varchar(64) NOT NULL,
  `flag_id` varchar(64) NOT NULL,
  `author` varchar(64) NOT NULL,
  `evidence_date` varchar(10) NOT NULL,
  `narrative` mediumtext NOT NULL,
  `figures` mediumtext NOT NULL,
  `assessment` mediumtext NOT NULL,
  `warnings` mediumtext NOT NULL DEFAULT '',
  `status` varchar(16) NOT NULL,
  `submitted_at` datetime(6) NOT NULL,
  `on_behalf` varchar(64) NOT NULL DEFAULT '',
  `evidence` mediumtext NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `reports_number` (`task_id`,`number`),
  CONSTRAINT `reports_task` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `reviews` (
  `id` varchar(64) NOT NULL,
  `task_id` varchar(64) NOT NULL,
  `period` varchar(64) NOT NULL,
  `event` varchar(64) NOT NULL,
  `report_id` varchar(64) NOT NULL,
  `flag_id` varchar(64) NOT NULL,
  `assessment` mediumtext NOT NULL,
  `verdict` varchar(16) NOT NULL,
  `reason` mediumtext NOT NULL,
  `reviewer` varchar(64) NOT NULL,
  `at` datetime(6) NOT NULL,
  `report_number` int(11) NOT NULL DEFAULT 0,
  `report_digest` varchar(64) NOT NULL DEFAULT '',
  `on_behalf` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  KEY `reviews_task` (`task_id`,`period`,`at`),
  CONSTRAINT `reviews_task` FOREIGN KEY (`task_id`) REFERENCES `tasks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `tasks` (
  `id` varchar(64) NOT NULL,
  `campaign` varchar(64) NOT NULL,
  `code` varchar(64) NOT NULL,
  `seq` int(11) NOT NULL,
  `region` varchar(16) NOT NULL,
  `key_task` tinyint(1) NOT NULL,
  `subject` mediumtext NOT NULL,
  `requirement` mediumtext NOT NULL,
  `search` mediumtext NOT NULL,
  `measures` mediumtext NOT NULL,
  `state` varchar(32) NOT NULL,
  `period` varchar(64) NOT NULL,
  `report_id` varchar(64) NOT NULL,
  `flag_id` varchar(64) NOT NULL,
  `verdict` varchar(16) NOT NULL,
  `version` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `due` varchar(10) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `tasks_order` (`campaign`,`region`,`seq`),
  UNIQUE KEY `tasks_code` (`campaign`,`code`),
  UNIQUE KEY `tasks_seq` (`campaign`,`seq`),
  KEY `tasks_state` (`state`,`campaign`,`region`,`seq`,`period`,`id`),
  KEY `tasks_due` (`region`,`due`,`campaign`,`seq`),
  KEY `tasks_changed` (`state`,`updated_at`,`id`),
  CONSTRAINT `tasks_region` FOREIGN KEY (`campaign`, `region`) REFERENCES `campaign_regions` (`campaign`, `region`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `totp_steps` (
  `user_id` varchar(64) NOT NULL,
  `step` bigint(20) NOT NULL,
  PRIMARY KEY (`user_id`),
  CONSTRAINT `totp_steps_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `users` (
  `id` varchar(64) NOT NULL,
  `login` varchar(64) NOT NULL,
  `name` varchar(400) NOT NULL,
  `password_hash` varchar(255) NOT NULL,
  `disabled` tinyint(1) NOT NULL,
  `version` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `password_at` datetime(6) DEFAULT NULL,
  `password_once` tinyint(1) NOT NULL DEFAULT 0,
  `totp` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `users_login` (`login`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;