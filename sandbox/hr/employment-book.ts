import { Refusal } from '../core';
import type { HrEmployee } from './contract';
import { found } from './desk';

/** Somebody's employments as HR sees them; each system shows them in its own way. */
export interface BookEntry {
  readonly id: string;
  employee: Omit<HrEmployee, 'startsOn'>;
  employments: { startsOn: string; endsOn?: string; reason?: string }[];
}

/** HR's hands on the records of a stand-in. */
export class EmploymentBook {
  readonly entries = new Map<string, BookEntry>();

  constructor(private readonly newId: () => string) {}

  hire({ startsOn, ...employee }: HrEmployee): string {
    const id = this.newId();
    this.entries.set(id, { id, employee, employments: [{ startsOn }] });
    return id;
  }

  change(id: string, fields: Partial<Omit<HrEmployee, 'startsOn'>>): void {
    const entry = this.of(id);
    entry.employee = { ...entry.employee, ...fields };
  }

  terminate(id: string, { on, reason }: { readonly on: string; readonly reason?: string }): void {
    Object.assign(this.#last(id), { endsOn: on, ...(reason === undefined ? {} : { reason }) });
  }

  cancelTermination(id: string): void {
    delete this.#last(id).endsOn;
  }

  rehire(id: string, on: string): void {
    this.of(id).employments.push({ startsOn: on });
  }

  cancelRehire(id: string): void {
    this.of(id).employments.pop();
  }

  remove(id: string): void {
    this.entries.delete(id);
  }

  of(id: string): BookEntry {
    return found(this.entries, id);
  }

  #last(id: string): BookEntry['employments'][number] {
    const last = this.of(id).employments.at(-1);
    if (last === undefined) throw new Refusal(404, 'There is no employment.');
    return last;
  }
}

export function today(): string {
  return new Date().toISOString().slice(0, 'yyyy-mm-dd'.length);
}
