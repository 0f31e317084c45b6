-- Customer invoices: one row an invoice, seen by the customer whom it is for.

create table if not exists public.customer_invoices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  number text not null unique,
  amount_cents bigint not null check (amount_cents >= 0),
  currency text not null default 'EUR',
  status text not null default 'draft',
  due_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.customer_invoices is 'Invoices to customers, one row each.';

create index if not exists customer_invoices_user_id_idx on public.customer_invoices (user_id);
create index if not exists customer_invoices_status_idx on public.customer_invoices (status);

alter table public.customer_invoices enable row level security;

drop policy if exists "service_role_all" on public.customer_invoices;
create policy "service_role_all" on public.customer_invoices
  for all to service_role using (true) with check (true);

drop policy if exists "customers_read_their_own" on public.customer_invoices;
create policy "customers_read_their_own" on public.customer_invoices
  for select to authenticated using ((select auth.uid()) = user_id);
