# SPDX-License-Identifier: Apache-2.0
"""Four workloads of `runexp bench` in PyTorch; peer.py says what they are: python run_torch.py WORKLOAD THREADS MODE"""
import peer

NAME, THREADS, MODE = peer.arguments("torch", peer.WORKLOADS)
peer.bind(THREADS)
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(THREADS)
torch.manual_seed(0)
W = peer.WORKLOADS[NAME]()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.between = nn.LayerNorm(W.features), nn.LayerNorm(W.features)
        self.projections, self.mixed = nn.Linear(W.features, 3 * W.features), nn.Linear(W.features, W.features)
        self.dense = nn.Sequential(nn.Linear(W.features, W.wide), nn.ReLU(), nn.Linear(W.wide, W.features))

    def forward(self, x):
        n, t, _ = x.shape
        heads = self.projections(self.before(x)).view(n, t, 3, W.heads, W.features // W.heads)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.mixed(y.transpose(1, 2).reshape(n, t, W.features))
        return x + self.dense(self.between(x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(W.letters, W.features)
        self.blocks = nn.Sequential(Block(), Block())
        self.norm, self.letters = nn.LayerNorm(W.features), nn.Linear(W.features, W.letters)
        self.register_buffer("waves", torch.from_numpy(W.waves))

    def forward(self, x):
        return self.letters(self.norm(self.blocks(self.embedding(x) + self.waves)))

    def loss(self, x, y):
        return F.cross_entropy(self(x).reshape(-1, W.letters), y.reshape(-1).long())


class Translation(nn.Module):
    def __init__(self):
        super().__init__()
        size = W.size
        self.source, self.target = nn.Embedding(W.tokens, size), nn.Embedding(W.tokens, size)
        self.encoder = nn.GRU(size, size, num_layers=2)
        self.decoder = nn.GRU(2 * size, size, num_layers=2)
        self.query, self.key = nn.Linear(size, size, bias=False), nn.Linear(size, size, bias=False)
        self.score, self.tokens = nn.Linear(size, 1, bias=False), nn.Linear(size, W.tokens)

    def forward(self, x, lengths, previous):
        # What stands behind an end is not looked at; it is read, which costs what a walk to the ends does.
        memory, state = self.encoder(self.source(x.t()))
        memory = memory.transpose(0, 1)
        keys = self.key(memory)
        hidden = torch.arange(W.steps) >= lengths[:, None]
        words, results = self.target(previous.t()), []
        for t in range(W.steps):
            scores = self.score(torch.tanh(self.query(state[-1])[:, None] + keys)).squeeze(2)
            weights = torch.softmax(scores.masked_fill(hidden, -1e9), 1)
            found = torch.bmm(weights[:, None], memory).squeeze(1)
            result, state = self.decoder(torch.cat([found, words[t]], 1)[None], state)
            results.append(result)
        return self.tokens(torch.cat(results)).view(W.steps, -1, W.tokens).transpose(0, 1)

    def loss(self, x, lengths, previous, y, ends):
        logits = self(x, lengths, previous).reshape(-1, W.tokens)
        losses = F.cross_entropy(logits, y.reshape(-1).long(), reduction="none")
        real = (torch.arange(W.steps) < ends[:, None]).reshape(-1)
        return (losses * real).sum() / real.sum()


def normalized(inputs, channels, kernel, stride=1):
    convolution = nn.Conv2d(inputs, channels, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels))


class ResidualBlock(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.first, self.second = normalized(inputs, channels, 3, stride), normalized(channels, channels, 3)
        self.shortcut = nn.Identity() if stride == 1 else normalized(inputs, channels, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = ResidualBlock(32, 32, 1), ResidualBlock(32, 64, 2)
        ends = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)
        self.layers = nn.Sequential(normalized(3, 32, 3), nn.ReLU(), *blocks, *ends)

    def loss(self, x, y):
        return F.cross_entropy(self.layers(x), y.long())


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.LSTM(W.letters, W.size, num_layers=2)
        self.letters = nn.Linear(W.size, W.letters)

    def loss(self, x, y):
        y = y.t().reshape(-1).long()
        one_hot = F.one_hot(x.t().long(), W.letters).float()
        return F.cross_entropy(self.letters(self.layers(one_hot)[0]).reshape(-1, W.letters), y)


model = {"transformer": Transformer, "seq2seq": Translation, "resnet": Residual, "lstm-stack": Stack}[NAME]()
data = [torch.from_numpy(part) for part in W.data]
if MODE.startswith("channels_last"):
    model, data[0] = model.to(memory_format=torch.channels_last), data[0].to(memory_format=torch.channels_last)
if NAME == "lstm-stack":
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
else:
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, foreach=True)
loss = torch.compile(model.loss) if MODE.endswith("compile") else model.loss
order = peer.Order(W)


def step():
    ids = torch.from_numpy(order.next()[0])
    optimizer.zero_grad(set_to_none=True)
    value = loss(*(part[ids] for part in data))
    value.backward()
    if NAME in ("seq2seq", "lstm-stack"):
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return value.detach()


peer.report(f"PyTorch {torch.__version__}", W, THREADS, MODE, step)
