-- A copy of the database must not act at UPS for the original's companies.
UPDATE ups_connection
   SET state = 'not_authorized',
       reason = NULL,
       ups_words = NULL,
       asked_reason = NULL,
       authorized_by_id = NULL,
       authorized_on = NULL,
       user_note = NULL,
       client_id = NULL,
       environment = NULL,
       base_url = NULL,
       database_uuid = NULL,
       database_identity = NULL,
       sealed_access_token = NULL,
       sealed_refresh_token = NULL,
       access_token_expires_at = NULL,
       refresh_token_expires_at = NULL,
       refreshed_on = NULL,
       refusal_renewed_on = NULL,
       settings_seen = NULL,
       settings_verdict = NULL,
       settings_judged_on = NULL,
       pause = NULL,
       retry_at = NULL,
       failure_count = 0,
       last_problem = NULL,
       last_problem_on = NULL;
DELETE FROM mail_activity WHERE res_model = 'ups.connection';
DELETE FROM ups_authorization_attempt;
UPDATE res_config_settings SET ups_sealed_client_secret = NULL;
DELETE FROM ir_config_parameter WHERE key = 'ups_pickup_oauth.client_secret';
INSERT INTO ir_config_parameter (key, value)
VALUES ('ups_pickup_oauth.environment', 'cie')
    ON CONFLICT (key) DO UPDATE SET value = 'cie';
