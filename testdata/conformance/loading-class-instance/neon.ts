class C { auth = true; buckets = { a: {} }; }
export default new C();
