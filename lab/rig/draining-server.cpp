/* A small HTTP server that drains: on SIGTERM it takes no new connection, answers those that it has, and ends. As `check`
   it asks itself, for a health check in an image without a shell. */
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

static volatile sig_atomic_t stopping = 0;
static std::atomic<int> open_connections{0};
static const int port = 8080;

static sockaddr_in address(in_addr_t host) {
  sockaddr_in found{};
  found.sin_family = AF_INET;
  found.sin_port = htons(port);
  found.sin_addr.s_addr = host;
  return found;
}

static void answer(int connection, std::string body, int work_ms) {
  std::string request;
  char bytes[4096];
  while (request.find("\r\n\r\n") == std::string::npos) {
    pollfd waiting{connection, POLLIN, 0};
    if (poll(&waiting, 1, 5000) <= 0) break;
    ssize_t count = read(connection, bytes, sizeof bytes);
    if (count <= 0) break;
    request.append(bytes, count);
  }
  if (!request.empty()) {
    usleep(work_ms * 1000);
    std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    std::string all = head + body;
    if (write(connection, all.data(), all.size()) < 0) perror("write");
  }
  shutdown(connection, SHUT_WR);
  close(connection);
  open_connections--;
}

static int check() {
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in own = address(htonl(INADDR_LOOPBACK));
  if (connect(connection, reinterpret_cast<sockaddr *>(&own), sizeof own) != 0) return 1;
  const char request[] = "GET / HTTP/1.0\r\n\r\n";
  if (write(connection, request, sizeof request - 1) < 0) return 1;
  char bytes[64] = {};
  return read(connection, bytes, sizeof bytes - 1) > 0 && strstr(bytes, " 200 ") != nullptr ? 0 : 1;
}

int main(int count, char **words) {
  if (count > 1 && strcmp(words[1], "check") == 0) return check();
  const char *level = getenv("LEVEL");
  const char *slow = getenv("START_MS");
  usleep((slow == nullptr ? 0 : atoi(slow)) * 1000);
  struct sigaction action{};
  action.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in any = address(htonl(INADDR_ANY));
  if (bind(listener, reinterpret_cast<sockaddr *>(&any), sizeof any) != 0 || listen(listener, 512) != 0) return 1;
  for (;;) {
    pollfd waiting{listener, POLLIN, 0};
    if (!stopping) poll(&waiting, 1, 100);
    int connection = accept(listener, nullptr, nullptr);
    if (connection >= 0) {
      open_connections++;
      std::thread(answer, connection, std::string(level == nullptr ? "" : level), 10).detach();
    } else if (stopping) {
      break;
    }
  }
  close(listener);
  while (open_connections > 0) usleep(5000);
  return 0;
}
