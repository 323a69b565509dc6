import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram } from '#system';
import { root } from '../processes.js';

const SCREENSHOTS = join(root, 'out/screenshots');
const WAIT_MS = 20_000;
const WIDE = { width: 1_280, height: 800 };
const PHONE = { width: 390, height: 844 };

const program = findProgram('chromium', 'chromium-browser', 'google-chrome');

/** Why there are no tests in a browser here; undefined where there is one. */
export const noBrowser =
  program === undefined ? 'no chromium on this machine: as root, apt-get install chromium' : undefined;

/** A real browser without a window. */
export class TestBrowser {
  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<TestBrowser> {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // its sandbox refuses root
    return new TestBrowser(await chromium.launch({ executablePath: program, args }));
  }

  /** A tab of its own, with its own cookies, at an address of the dashboard. */
  async open(serviceUrl: string, hash = '#/'): Promise<TestTab> {
    const context = await this.browser.newContext({ viewport: WIDE, reducedMotion: 'reduce' });
    context.setDefaultTimeout(WAIT_MS);
    const tab = new TestTab(await context.newPage(), serviceUrl);
    await tab.go(hash);
    return tab;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** A tab that notes what no page of ours may do. */
export class TestTab {
  private readonly seen: string[] = [];

  constructor(
    readonly page: Page,
    private readonly serviceUrl: string,
  ) {
    const { origin } = new URL(serviceUrl);
    page.on('console', (message) => {
      if (message.type() === 'error') this.seen.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.seen.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && url.protocol !== 'blob:') this.seen.push(`request to ${url.origin}`);
    });
  }

  /** Opens another address of the dashboard: `#/jobs`. */
  async go(hash: string): Promise<void> {
    await this.page.goto(new URL(hash, `${this.serviceUrl}/`).href);
    await this.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  }

  /**
   * Pictures of the whole page in light, in dark and as wide as a phone, in `out/screenshots`:
   * `NAME.png`, `NAME-dark.png`, `NAME-phone.png`. Each has to fit its width.
   */
  async shoot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.picture(name);
    await this.page.emulateMedia({ colorScheme: 'dark' });
    await this.picture(`${name}-dark`);
    this.seen.push(...(await this.axeFindings()));
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.page.setViewportSize(PHONE);
    await this.picture(`${name}-phone`);
    await this.page.setViewportSize(WIDE);
  }

  /**
   * What was wrong until now: errors on the console, requests to other hosts, serious findings of axe.
   * @param expected what the test itself has brought about, by a part of its text
   */
  async faults(expected: readonly string[] = []): Promise<string[]> {
    const all = [...this.seen, ...(await this.axeFindings())];
    return all.filter((fault) => !expected.some((part) => fault.includes(part)));
  }

  private async picture(name: string): Promise<void> {
    const overflow: unknown = await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    if (overflow !== 0) this.seen.push(`${name}: ${String(overflow)} pixels wider than the window`);
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  private async axeFindings(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const results = await this.page.evaluate<axe.AxeResults>('axe.run()');
    return results.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `axe: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
  }
}
