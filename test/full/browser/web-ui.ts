import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium } from './chromium';

/** A loaded machine answers slowly; nothing here is a promise about time. */
const patience = 90_000;
const [width, height] = [1440, 1000] as const;
const images = path.join(__dirname, '..', '..', '..', 'docs', 'images');

/** What a person does in the stock Web UI (2.42), with the mouse and the keyboard only. */
export class WebUi {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    private readonly url: string,
  ) {}

  static async open(url: string): Promise<WebUi> {
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width, height } });
    page.setDefaultTimeout(patience);
    return new WebUi(browser, page, url);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** The list of workflows that a list filter finds. */
  async list(query: string): Promise<void> {
    await this.page.goto(`${this.url}/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    await this.page.getByTestId('workflow-count').waitFor();
  }

  /** Adds columns to the list, as every operator would once. */
  async showColumns(names: readonly string[]): Promise<void> {
    await this.page.getByTestId('workflows-summary-table-configuration-button').click();
    for (const name of names) await this.page.getByRole('button', { name: `Add ${name} column`, exact: true }).click();
    // The run's id takes half of the width and says nothing to a person.
    await this.page.getByRole('button', { name: 'Remove Run ID column', exact: true }).click();
    await this.page.getByRole('button', { name: 'Close Workflows Table configuration' }).click();
  }

  row(workflowId: string): Locator {
    return this.page.getByRole('row').filter({ hasText: workflowId });
  }

  /** From the list to the workflow's own page. */
  async enter(workflowId: string): Promise<void> {
    await this.row(workflowId).getByRole('link', { name: workflowId, exact: true }).click();
    await this.page.getByTestId('workflow-id-heading').filter({ visible: true }).waitFor();
  }

  async goTo(workflowId: string): Promise<void> {
    await this.page.goto(`${this.url}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await this.page.getByTestId('workflow-id-heading').filter({ visible: true }).waitFor();
  }

  async tab(name: 'history' | 'user-metadata'): Promise<void> {
    await this.page.getByTestId(`${name}-tab`).filter({ visible: true }).click();
  }

  /** The tab *User Metadata*, asked for afresh; the Markdown is rendered in a frame of its own. */
  async details(): Promise<Locator> {
    await this.tab('user-metadata');
    await this.page.getByText('Current Details').waitFor();
    await this.page.keyboard.press('r');
    const frame = this.page.locator('iframe').last();
    await frame.waitFor();
    return frame.contentFrame().locator('body');
  }

  /** Reads the details again and again until they say it. */
  async untilDetailsSay(text: string | RegExp): Promise<string> {
    const end = Date.now() + patience;
    let last = '';
    while (Date.now() < end) {
      const body = await this.details();
      last = await body.innerText({ timeout: 10_000 }).catch(() => last);
      if (typeof text === 'string' ? last.includes(text) : text.test(last)) return last;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`the details never said ${String(text)}; they say:\n${last}`);
  }

  /** The JSON blocks that the details give to be sent. */
  async jsonToSend(): Promise<readonly Record<string, unknown>[]> {
    const blocks = await (await this.details()).locator('code.language-json').allInnerTexts();
    return blocks.map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  /**
   * Opens *Send an Update* or *Send a Signal* and fills it in. Give JSON on several lines: the editor formats what is
   * not, just when the button is pressed, and the click lands beside the button that moved.
   */
  async fill(what: 'update' | 'signal', name: string, text: string, encoding?: 'json/protobuf'): Promise<Locator> {
    const dialog = await this.action(what);
    await dialog.getByTestId(`${what}-select-button`).click();
    await dialog
      .getByRole('option')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .click();
    if (encoding !== undefined) await dialog.getByLabel(encoding).check();
    // Not by its place: json/protobuf brings a text box for the message type below the editor.
    await dialog.locator('[role="textbox"][data-language="json"]').click();
    await this.page.keyboard.insertText(text);
    return dialog;
  }

  /** Sends what is filled in; what the form objects, `undefined` when it closed. */
  async submit(dialog: Locator): Promise<string | undefined> {
    await dialog.getByTestId('confirm-modal-button').click();
    const objection = dialog.getByRole('alert').filter({ hasText: /\S/ });
    const closed = dialog.waitFor({ state: 'hidden' }).then(() => undefined);
    const objected = objection.waitFor().then(async () => await objection.innerText());
    // The loser of the race ends with the page; its timeout is nobody's concern.
    closed.catch(() => {});
    objected.catch(() => {});
    return await Promise.race([closed, objected]);
  }

  async dismiss(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).last().click();
    await dialog.waitFor({ state: 'hidden' });
  }

  async requestCancellation(): Promise<void> {
    await this.page.getByRole('button', { name: 'Request Cancellation' }).filter({ visible: true }).click();
    await this.confirm('cancel');
  }

  async terminate(reason: string): Promise<void> {
    const dialog = await this.action('terminate');
    await dialog.getByTestId('workflow-termination-reason').fill(reason);
    await this.confirm('terminate');
  }

  /** Resets to the last point that the form offers. */
  async reset(reason: string): Promise<void> {
    const dialog = await this.action('reset');
    await dialog.getByTestId('workflow-reset-event-id-select-button').click();
    await dialog.getByRole('option').last().click();
    await dialog.getByTestId('reset-reason').fill(reason);
    await this.confirm('reset');
  }

  private async action(what: 'update' | 'signal' | 'terminate' | 'reset'): Promise<Locator> {
    await this.page.getByRole('button', { name: 'More Actions' }).filter({ visible: true }).click();
    await this.page.getByTestId(`${what}-button`).filter({ visible: true }).click();
    return this.dialog(what);
  }

  private async confirm(what: 'cancel' | 'terminate' | 'reset'): Promise<void> {
    const dialog = this.dialog(what);
    await dialog.getByTestId('confirm-modal-button').click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Each dialog is on the page twice, for wide and narrow windows; one is open. */
  private dialog(what: string): Locator {
    return this.page.locator(`dialog[open][data-testid="${what}-confirmation-modal"]`);
  }

  /** Waits for the badge beside the id of the workflow that is shown, such as Completed. */
  async untilStatus(status: string): Promise<void> {
    const badge = this.page
      .getByTestId('workflow-id-heading')
      .filter({ visible: true })
      .locator('xpath=ancestor::*[3]');
    await badge.getByText(status, { exact: true }).first().waitFor();
  }

  /** Keeps a picture for the documentation, when asked for one (TENURE_SCREENSHOTS=1). */
  async picture(name: string, { whole = false }: { readonly whole?: boolean } = {}): Promise<void> {
    if (process.env.TENURE_SCREENSHOTS !== '1') return;
    mkdirSync(images, { recursive: true });
    await this.page.mouse.move(0, 0);
    // The page scrolls inside itself: all of it shows in a window that is high enough.
    if (whole) await this.page.setViewportSize({ width, height: 2400 });
    // Drawers slide and frames grow to their text: a picture may wait for that, a test never does.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await this.page.screenshot({ path: path.join(images, `${name}.png`) });
    if (whole) await this.page.setViewportSize({ width, height });
  }
}
