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
