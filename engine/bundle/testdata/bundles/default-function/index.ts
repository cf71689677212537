export default async function handler(request: Request): Promise<Response> {
  return new Response(`${request.method} ${new URL(request.url).pathname}: ${await request.text()}`);
}
