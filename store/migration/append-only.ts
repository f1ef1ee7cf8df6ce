/**
 * Guards inside the database: evidence can be added at the end of the chain and never changed, and heads only grow.
 * They stop mistakes and ordinary credentials. Whoever may drop a trigger can get past them; the hash chain shows it.
 */
export const appendOnlySqlite = [
  refuse('evidence_no_update', 'before update on evidence', 'evidence is append-only: it cannot be changed'),
  refuse('evidence_no_delete', 'before delete on evidence', 'evidence is append-only: it cannot be deleted'),
  // INSERT OR REPLACE deletes without asking the trigger for deletes.
  refuse(
    'evidence_at_end',
    'before insert on evidence when new.seq <> 1 + coalesce((select max(seq) from evidence), 0)',
    'evidence is append-only: an entry can only be added at the end',
  ),
  refuse('evidence_head_no_delete', 'before delete on evidence_head', 'evidence heads cannot be deleted'),
  refuse(
    'evidence_head_grows',
    'before update on evidence_head when new.scope <> old.scope or new.count <= old.count',
    'evidence heads only grow',
  ),
  refuse(
    'evidence_head_once',
    'before insert on evidence_head when exists (select 1 from evidence_head where scope = new.scope)',
    'evidence heads only grow',
  ),
];

export const appendOnlyPostgres = [
  `create function tenure_refuse() returns trigger language plpgsql as $$
   begin raise exception '%', tg_argv[0] using errcode = 'integrity_constraint_violation'; end $$`,
  `create function tenure_at_end() returns trigger language plpgsql as $$
   begin
     if new.seq <> 1 + coalesce((select max(seq) from evidence), 0) then
       raise exception 'evidence is append-only: an entry can only be added at the end'
         using errcode = 'integrity_constraint_violation';
     end if;
     return new;
   end $$`,
  `create trigger evidence_no_change before update or delete on evidence for each row
   execute function tenure_refuse('evidence is append-only: it cannot be changed or deleted')`,
  `create trigger evidence_no_truncate before truncate on evidence for each statement
   execute function tenure_refuse('evidence is append-only: it cannot be truncated')`,
  `create trigger evidence_at_end before insert on evidence for each row execute function tenure_at_end()`,
  `create trigger evidence_head_no_delete before delete on evidence_head for each row
   execute function tenure_refuse('evidence heads cannot be deleted')`,
  `create trigger evidence_head_no_truncate before truncate on evidence_head for each statement
   execute function tenure_refuse('evidence heads cannot be truncated')`,
  `create trigger evidence_head_grows before update on evidence_head for each row
   when (new.scope <> old.scope or new.count <= old.count)
   execute function tenure_refuse('evidence heads only grow')`,
];

function refuse(name: string, when: string, message: string): string {
  return `create trigger ${name} ${when} begin select raise(abort, '${message}'); end`;
}
