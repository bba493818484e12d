export async function POST(request) {
  const told = [];
  for (const [name, value] of await request.formData()) {
    told.push([
      name,
      typeof value === 'string' ? value : [value.name, value.type, (await value.arrayBuffer()).byteLength],
    ]);
  }
  return Response.json(told);
}
