-- The publication that the change feed listens to: empty until a project adds its tables. (The publication of
-- realtime.messages is made by the service when it starts, and some projects make it themselves: it is not here.)

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
