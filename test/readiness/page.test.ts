import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { compiled, root } from "../../local/state";
import type { Verdict } from "../../model/verdict";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import type { Decision } from "../../readiness/decision";
import { languages } from "../../readiness/report/html/labels";
import { toHtml } from "../../readiness/report/html/page";
import { replay } from "../../readiness/replay";
import { canonicalJson } from "../../model/canonical";
import { beside, blocked, decisionOf, waived } from "../support/decision";
import { soundFiles } from "../support/evidence";

describe("the page an auditor opens", () => {
  it("is the same for the same decision, asks nobody for anything, and is below 1.5 MB", () => {
    const decision = blocked();
    const html = toHtml(decision, { items });
    assert.ok(toHtml(decision, { items }) === html, "two pages differ");
    assert.ok(html.length < 1_500_000);
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
    assert.doesNotMatch(html, /<img|onerror="/);
    assert.match(html, /default-src 'none'/);
  });

  it("stands alone on its first page: word, reason, what blocks and who acts, what nobody knows", () => {
    const html = toHtml(blocked(), { items });
    const first = html.slice(html.indexOf('class="first-page"'), html.indexOf('id="blockers"'));
    for (const part of ["NO-GO", "Must not be deployed.", "B-01", "B-02", "B-03", "Ada", "unverifiable: ", "P50"])
      assert.ok(first.includes(part), part);
  });

  it("says GO and until when", () => {
    const decision = decisionOf(() => {});
    const html = toHtml(decision, { items });
    assert.equal(decision.verdict.verdict, "GO");
    assert.ok(html.includes("May be deployed.") && html.includes("Nothing blocks."));
    assert.match(html, /Valid until<\/dt><dd>2026-11-26T10:00:00\.000Z/);
  });

  it("shows what is beside the verdict: the one before, releases, exceptions with their days, who signed, what was seen red", () => {
    const html = toHtml({ ...waived(), ...beside() }, { items });
    const section = (id: string) => new RegExp(`<section id="${id}">(.*?)</section>`, "s").exec(html)![1]!;
    assert.match(section("since"), /GO → CONDITIONAL/);
    assert.match(section("since"), new RegExp(`<td>${rules[3]!.id}</td><td>met</td><td>waived</td><td>waiver</td>`));
    assert.match(section("waivers"), /<td>Ben<\/td><td>Grace \(Signatures\)<\/td><td>2026-12-05<\/td><td>10<\/td>/);
    assert.match(section("signatures"), /technical lead<\/td><td>Ada<\/td><td>CONDITIONAL.*d{16}/);
    assert.equal(section("signatures").match(/not signed/g)!.length, 2);
    assert.match(section("rules"), /seen red \(2026-11-24\)/);
    assert.match(section("rules"), /<td>12 &#47; 12<\/td>|<td>12 \/ 12<\/td>/);
    assert.match(section("releases"), /3\.2 % of requests failed/);
    assert.match(section("releases"), /<td>weights back<\/td><td>done<\/td><td>3\.2 s<\/td>/);
    assert.ok(section("releases").includes("<svg") && !html.includes("2.0.0<b>"));
    assert.match(section("scans"), /trivy\.json/);
    assert.match(section("limits"), /below 500 ms<\/td><td>S-032, S-122/);
    assert.match(section("measured"), /n = 60000/);
  });

  it("can be computed again from its input, whatever the input was condensed to", () => {
    for (const decision of [blocked(), decisionOf(() => {}), decisionOf(() => {}, "unverifiable")]) {
      const input = JSON.parse(JSON.stringify(decision.input)) as NonNullable<Decision["input"]>;
      assert.equal(canonicalJson(replay(input)), canonicalJson(decision.verdict));
    }
  });

  it("holds the verdict as data, whole", () => {
    const { verdict } = blocked();
    const html = toHtml(blocked(), { items });
    const data = /<script type="application\/json" id="verdict">(.*?)<\/script>/s.exec(html)![1]!;
    assert.equal(canonicalJson(JSON.parse(data) as Verdict), canonicalJson(verdict));
  });

  describe("in Chromium", function () {
    this.timeout(120_000);
    const program = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"].find(file =>
      fs.existsSync(file),
    );
    const shots = path.join(root, "report", "screenshots");
    let browser: Browser;
    before(async function () {
      if (!program) {
        console.log("      chromium is not here: the page is not looked at");
        this.skip();
      }
      fs.mkdirSync(shots, { recursive: true });
      browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
    });
    after(async () => browser?.close());

    const open = async (
      html: string,
      options: Parameters<Browser["newPage"]>[0],
      work: (page: Page) => Promise<void>,
    ) => {
      const page = await browser.newPage(options);
      const asked: string[] = [];
      const problems: string[] = [];
      page.on("request", request => asked.push(request.url()));
      page.on("pageerror", error => problems.push(error.message));
      page.on("console", message => message.type() === "error" && problems.push(message.text()));
      const file = path.join(shots, "page.html");
      fs.writeFileSync(file, html);
      await page.goto(`file://${file}`);
      await work(page);
      assert.deepEqual([asked.filter(url => !url.startsWith("file:")), problems], [[], []]);
      await page.close();
    };

    const replaying = (decision: Decision) =>
      toHtml(decision, {
        items,
        replay: { script: fs.readFileSync(compiled("replay.js"), "utf8"), input: decision.input! },
      });

    const views = {
      desktop: { viewport: { width: 1280, height: 900 } },
      phone: { viewport: { width: 390, height: 844 } },
      dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" as const },
    };
    for (const [name, options] of Object.entries(views))
      it(`axe finds nothing, nothing sticks out and no evidence runs: ${name}`, async () =>
        open(replaying({ ...blocked(), ...beside() }), options, async page => {
          await page.screenshot({ path: path.join(shots, `${name}-first.png`) });
          await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
          // The page's own policy lets no other script in: axe is put into the frame by the debugger.
          const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
          await page.evaluate(axe);
          const found = await page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(({violations}) => violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | ')))",
          );
          assert.deepEqual(found, []);
          assert.equal(await page.title(), "NO-GO: shop / production");
          assert.ok(
            await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"),
            "it scrolls sideways",
          );
        }));

    it("computes the verdict again, the same byte for byte as the command line, and says so when it is another", async () => {
      const decision = blocked();
      await open(replaying(decision), views.desktop, async page => {
        assert.match((await page.textContent("#replayed"))!, /the same verdict, byte for byte/);
        assert.equal(await page.evaluate("greenlight()"), `${canonicalJson(decision.verdict, 2)}\n`);
        await page.setInputFiles("#files", [
          {
            name: "copy.json",
            mimeType: "application/json",
            buffer: Buffer.from(JSON.stringify(soundFiles()["builds.json"])),
          },
          { name: "other.json", mimeType: "application/json", buffer: Buffer.from("{}") },
        ]);
        // Asked by the driver, not by a text run in the page, which the page's own policy refuses.
        await page.locator("#hashed", { hasText: "other.json" }).waitFor();
        assert.match((await page.textContent("#hashed"))!, /copy\.json: = builds\.json .*\nother\.json: ≠/);
      });
      const { verdict } = decision;
      const forged = { ...decision, verdict: { ...verdict, verdict: "GO" as const, reason: "all is well" } };
      await open(replaying(forged), views.desktop, async page =>
        assert.match((await page.textContent("#replayed"))!, /ANOTHER verdict/),
      );
    });

    it("shows what would be under a mark that lies over the whole page, and takes it away again", async () => {
      const decision = blocked();
      await open(replaying(decision), views.desktop, async page => {
        const mark = () => page.evaluate("document.body.dataset.supposed ?? ''");
        assert.equal(await mark(), "");
        for (const box of await page.locator("#what-if input[data-suppose]").all()) await box.check();
        assert.equal(await mark(), "WHAT IF");
        assert.match((await page.textContent("#supposed"))!, /^WHAT IF\. It would be GO: /);
        assert.equal(await page.title(), "NO-GO: shop / production");
        await page.screenshot({ path: path.join(shots, "what-if.png") });
        await page.fill("input[data-limit=coverage]", "95");
        assert.match((await page.textContent("#still"))!, /87 % of 1000 lines; need 95 %/);
        await page.click("#what-if button[type=reset]");
        await page.waitForFunction(
          () =>
            !("supposed" in (globalThis as never as { document: { body: { dataset: object } } }).document.body.dataset),
        );
        assert.equal(await page.textContent("#supposed"), "");
      });
    });

    it("sorts by a column, forth and back", async () => {
      await open(toHtml(blocked(), { items }), views.desktop, async page => {
        const first = () => page.locator("#items tbody tr td").first().textContent();
        const head = page.locator("#items thead th").first();
        await head.locator("button").click();
        assert.deepEqual([await head.getAttribute("aria-sort"), await first()], ["ascending", "A.1.1"]);
        await head.locator("button").press("Enter");
        assert.deepEqual([await head.getAttribute("aria-sort"), await first()], ["descending", "F.7"]);
      });
    });

    it("reads in all three languages", async () => {
      for (const language of languages)
        await open(toHtml(blocked(), { items, language }), views.desktop, async page => {
          await page.screenshot({ path: path.join(shots, `${language}.png`) });
          assert.equal(await page.getAttribute("html", "lang"), language);
        });
    });

    it("prints, says the same without scripts, and filters with them", async () => {
      const html = toHtml(blocked(), { items });
      await open(html, views.desktop, async page => {
        await page.pdf({ path: path.join(shots, "report.pdf"), format: "A4", printBackground: true });
        await page.fill("input[data-for=items]", "E.1.2");
        assert.equal(await page.locator("#items tbody tr:visible").count(), 1);
      });
      await open(html, { ...views.desktop, javaScriptEnabled: false }, async page => {
        assert.equal(await page.locator("#items tbody tr").count(), 43);
        assert.equal(await page.locator("#items label:visible").count(), 0);
      });
    });
  });
});
