-- A copy of the database orders no truck by itself.
UPDATE ups_pickup_location
   SET plan = 'manual',
       plan_database = NULL,
       plan_environment = NULL;
UPDATE ups_pickup
   SET queued_on = NULL;
