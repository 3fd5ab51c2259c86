/** Lines that use a secret's name `N` and give nothing away: the three classes of S-056, in the forms sources take. */
export interface Form {
  line: string;
  /** File it stands in. */
  file: string;
}

const lines = (file: string, ...all: string[]): Form[] => all.map(line => ({ file, line }));

const reads: Form[] = [
  ...lines(
    "settings.py",
    `value = os.environ["N"]`,
    `value = os.environ['N']`,
    `value = os.getenv("N")`,
    `value = os.getenv("N", "")`,
    `value = os.getenv('N', None)`,
    `value = os.environ.get("N")`,
    `value = os.environ.get("N", default=None)`,
    `value = environ["N"]`,
    `value = config("N")`,
    `value = config("N", default="")`,
    `value = env.str("N")`,
    `value: str = Field(..., env="N")`,
    `value: str = Field(validation_alias="N")`,
    `N = os.getenv("N")`,
    `if not os.getenv("N"): raise RuntimeError("N is not set")`,
    `assert os.environ["N"], "N is missing"`,
  ),
  ...lines(
    "settings.ts",
    "const value = process.env.N;",
    "const value = process.env.N!;",
    `const value = process.env["N"];`,
    "const value = process.env?.N;",
    `const value = process.env.N ?? "";`,
    `const value = process.env.N || undefined;`,
    `if (!process.env.N) throw new Error("N is not set");`,
    `const value = requireEnv("N");`,
    `const value = getEnv("N");`,
    `const value = config.get("N");`,
    `const value = configService.getOrThrow("N");`,
    `const value = Deno.env.get("N");`,
    "const value = import.meta.env.N;",
    "const value = env.N;",
  ),
];

const declarations: Form[] = [
  ...lines(
    "model.py",
    "N: str",
    "    N: str",
    `    N: str = ""`,
    "    N: Optional[str] = None",
    "    N: SecretStr",
    "N = None",
    `N = ""`,
    "# N has to be set in production",
    `REQUIRED = ["N"]`,
    `    "N",`,
    `"""Reads N from the environment."""`,
  ),
  ...lines(
    "model.ts",
    "  N: string;",
    "  N?: string;",
    "  readonly N: string;",
    "  N: z.string(),",
    "  N: z.string().min(32),",
    "  N: Joi.string().required(),",
    `  N: "",`,
    "// N signs tokens",
    " * N: signs tokens",
    `  "N",`,
    `const names = ["N", "PORT"];`,
    `throw new Error("N is not set");`,
    `console.error("N is missing");`,
    `logger.warn("set N before you start");`,
    "declare const N: string;",
    `type Name = "N" | "PORT";`,
    `  | "N"`,
    `    N: "your-key-here",`,
    `    N: "<value>",`,
  ),
  ...lines(
    "compose.yaml",
    "      - N",
    "      N:",
    `      N: ""`,
    "  - name: N",
    "    N: null",
    "# N: comes from the store",
    "    description: the value of N",
  ),
  ...lines(".env.example", "N=", "N=<put it here>", "# N=", "export N="),
  ...lines("schema.json", `  "N": { "type": "string" },`, `  "required": ["N"],`, `  "N": "",`),
];

const references: Form[] = [
  ...lines(
    "use.py",
    "client = Client(settings.N)",
    "client = Client(key=settings.N)",
    "key = self.N",
    "key = config.N",
    "jwt.encode(claims, settings.N, algorithm=ALGORITHM)",
    "jwt.encode(claims, N, algorithm=ALGORITHM)",
    "headers = {'apikey': settings.N}",
    `headers = {"Authorization": f"Bearer {settings.N}"}`,
    "return Client(N)",
    "if settings.N is None: return",
  ),
  ...lines(
    "use.ts",
    "const client = new Client(config.N);",
    "const client = new Client({ key: settings.N });",
    "const client = new Client(this.config.N);",
    "createClient(url, N);",
    "verify(token, settings.N);",
    "const key = secrets.N;",
    "const { N } = settings;",
    "const { N, PORT } = loadSettings();",
    "headers.authorization = `Bearer ${settings.N}`;",
    "export default { key: settings.N };",
  ),
  ...lines(
    "deploy.yaml",
    "          key: N",
    "      secretKey: N",
    "          secretKeyRef: { name: app, key: N }",
    "      property: N",
    "      N: ${N}",
    "      N: ${N:?not set}",
    "      N: ${{ secrets.N }}",
    "      value: $(N)",
    "      - N=${N}",
    "      N: {{ .Values.N }}",
    "      N: {{ env.N }}",
    "        remoteRef: { key: app, property: N }",
    `      run: deploy --key "$N"`,
    "      N: %N%",
  ),
];

const names = ["SUPABASE_SERVICE_ROLE_KEY", "AI_API_KEY", "SECRET_KEY"];
const spread = (forms: Form[], count: number): { file: string; line: string; name: string }[] =>
  names
    .flatMap(name => forms.map(({ file, line }) => ({ file, name, line: line.replace(/\bN\b/g, name) })))
    .slice(0, count);

/** As many of each class as the documents count (S-056): 89, 127 and 100. */
export const harmless = {
  "config read": spread(reads, 89),
  declaration: spread(declarations, 127),
  "secret-field reference": spread(references, 100),
};
