// The whole life of a petition, played by clients that are generated in TypeScript: `node whole_life.js http://localhost:8088`.
// It knows the two OpenAPI documents and nothing else of this repository.
import createClient from "openapi-fetch";
import type { components as Desk, paths as DeskPaths } from "./desk.js";
import type { paths as PetitionPaths } from "./petitions.js";

const host = (process.argv[2] ?? "").replace(/\/$/, "");
const petitions = createClient<PetitionPaths>({ baseUrl: host });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Return the data of an answer; a problem ends the program. */
async function done<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** Return what is read once it is as wanted: functions work on a petition one after the other. */
async function waitedFor<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (let tried = 0; tried < 150; tried += 1) {
    const value = await read();
    if (wanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("never came");
}

/** Return a client of the desk with the token of an officer. */
async function signedIn(username: string) {
  const desk = createClient<DeskPaths>({ baseUrl: `${host}/desk` });
  const body = { username, password: `Local-${username}-2026` };
  const session = await done(desk.POST("/v1/session", { body }));
  if (!("access_token" in session)) throw new Error("a challenge where none is asked");
  desk.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${session.access_token}`);
      return request;
    },
  });
  return desk;
}

const receipt = await done(
  petitions.POST("/v1/petitions", {
    params: { header: { "Idempotency-Key": `node-${Date.now()}` } },
    body: {
      content:
        "Tôi dự thi nâng ngạch chuyên viên chính đợt tháng 8 nhưng đến nay chưa có thông báo kết quả. " +
        "Đề nghị Bộ cho biết thời hạn công bố kết quả thi nâng ngạch công chức theo quy định.",
      petitioner: {
        type: "CITIZEN",
        name: "Nguyễn Văn An",
        address: "Số 1 Tràng Tiền, Hà Nội",
        email: "an@thu.example",
      },
      reply_by: ["EMAIL"],
    },
  }),
);
const path = { reference: receipt.reference };
const headers = { "X-Petition-Pin": receipt.pin };
const look = () => done(petitions.GET("/v1/petitions/{reference}", { params: { path }, headers }));

await done(
  petitions.POST("/v1/petitions/{reference}/supplements", {
    params: { path },
    headers,
    body: { content: "Tôi thi ở hội đồng thi Hà Nội." },
  }),
);

const picture = Buffer.from(
  "89504e470d0a1a0a0000000d4948445200000001000000010806000000" +
    "1f15c4890000000d49444154789c6360f8cfc0f01f00050001ff56c7d2e70000000049454e44ae426082",
  "hex",
);
const declared = await done(
  petitions.POST("/v1/petitions/{reference}/attachments", {
    params: { path },
    headers,
    body: { filename: "giay-bao.png", content_type: "image/png", size: picture.length },
  }),
);
const form = new FormData();
for (const [name, value] of Object.entries(declared.upload.fields)) form.append(name, value);
form.append("file", new Blob([picture]));
const sent = await fetch(declared.upload.url, { method: "POST", body: form });
if (sent.status !== 204) throw new Error(`the file was not taken: ${sent.status}`);
await waitedFor(look, (view) => view.attachments?.[0]?.state === "CLEAN");

const handler = await signedIn("minh.ccvc");
const approver = await signedIn("binh.vanphong");
type View = Desk["schemas"]["DeskView"];
const seen = (desk: typeof handler) => desk.GET("/v1/petitions/{reference}", { params: { path } });
await waitedFor(() => seen(handler), (answer) => answer.data !== undefined);
const before = await done(seen(handler));
const taken = (await done(
  handler.POST("/v1/petitions/{reference}/accept", { params: { path }, body: { version: before.version } }),
)) as View;
await done(
  handler.POST("/v1/petitions/{reference}/draft-answer", {
    params: { path },
    body: { version: taken.version, text: "Kết quả được công bố chậm nhất 30 ngày sau ngày thi." },
  }),
);
const drafted = await done(seen(approver));
await done(
  approver.POST("/v1/petitions/{reference}/approve", { params: { path }, body: { version: drafted.version } }),
);

await waitedFor(look, (view) => view.state === "ANSWERED");
await done(
  petitions.POST("/v1/petitions/{reference}/rating", {
    params: { path },
    headers,
    body: { score: 1, comment: "Chưa rõ thời hạn." },
  }),
);
const reopened = await done(
  petitions.POST("/v1/petitions/{reference}/reopening", {
    params: { path },
    headers,
    body: { reason: "Câu trả lời chưa nêu thời hạn." },
  }),
);
if (reopened.state === "ANSWERED") throw new Error("the petition was not taken up again");

// A machine account: two administrators give it, it shows its credentials, lists its queue, and takes a petition to work.
const first = await signedIn("quantri");
const second = await signedIn("hien.quantri");
const machine = "may-khach-node";
const row = await done(
  first.PUT("/v1/directory/{kind}/{row_id}", {
    params: { path: { kind: "machine", row_id: machine } },
    body: {
      valid_from: new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10),
      name: "Máy khách thử của Node",
      unit: "VCCVC",
      roles: ["handler"],
      scopes: ["petitions:read", "petitions:act"],
      contact: "van-hanh@bnv.example",
    },
  }),
);
const confirm = (id: string) =>
  done(second.POST("/v1/proposals/{proposal_id}/confirm", { params: { path: { proposal_id: id } } }));
await confirm((row as Desk["schemas"]["ProposedView"]).id);
const secret = await done(first.POST("/v1/machines/{machine}/secrets", { params: { path: { machine } } }));
await confirm(String(secret.proposal_id));

const granted = await done(
  createClient<DeskPaths>({ baseUrl: `${host}/desk` }).POST("/v1/token", {
    body: {
      grant_type: "client_credentials",
      client_id: secret.client_id,
      client_secret: secret.client_secret,
      scope: "petitions:read petitions:act",
    },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const robot = createClient<DeskPaths>({
  baseUrl: `${host}/desk`,
  headers: { Authorization: `Bearer ${granted.access_token}` },
});
const another = await done(
  petitions.POST("/v1/petitions", {
    params: { header: { "Idempotency-Key": `robot-${Date.now()}` } },
    body: {
      content: "Đề nghị Bộ cho biết điều kiện dự thi nâng ngạch công chức lên chuyên viên chính năm nay.",
      petitioner: { type: "CITIZEN", name: "Lê Văn Tám", address: "Huế", email: "tam@thu.example" },
    },
  }),
);
const inQueue = async () => (await done(robot.GET("/v1/petitions", { params: { query: {} } }))).petitions;
const cards = await waitedFor(inQueue, (listed) => listed.some((card) => card.reference === another.reference));
const card = cards.find((each) => each.reference === another.reference);
const open = { path: { reference: another.reference } };
const theirs = await done(robot.GET("/v1/petitions/{reference}", { params: open }));
const worked = (await done(
  robot.POST("/v1/petitions/{reference}/accept", { params: open, body: { version: theirs.version } }),
)) as View;
if (!card || worked.state !== "IN_PROGRESS") throw new Error(`the machine did not take it: ${worked.state}`);
if (!worked.history.some((entry) => entry.by === `machine:${machine}`)) throw new Error("the machine has no name");
const refusal = await robot.PUT("/v1/directory/{kind}/{row_id}", {
  params: { path: { kind: "machine", row_id: machine } },
  body: { valid_from: "2030-01-01" },
});
if (refusal.error?.code !== "scope-needed") throw new Error("a machine changed the directory");
