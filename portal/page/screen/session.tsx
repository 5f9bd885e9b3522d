export default function Screen() {
  return <h1>session</h1>;
}
