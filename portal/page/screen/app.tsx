export default function Screen() {
  return <h1>app</h1>;
}
