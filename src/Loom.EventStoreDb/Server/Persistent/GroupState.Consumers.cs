namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>What a consumer says of an event.</summary>
internal enum Answer
{
    Ack,
    Park,
    Retry,
    Skip,
    Stop,
}

/// <summary>Giving events to consumers, and what they answer.</summary>
internal sealed partial class GroupState
{
    public void Connect(Consumer consumer, TimeSpan now)
    {
        consumer.Since = now;
        _dispatch.Add(consumer);
    }

    /// <summary>It is gone: what it had comes again.</summary>
    public void Disconnect(Consumer consumer)
    {
        if (!_dispatch.Remove(consumer))
        {
            return;
        }

        foreach (var held in consumer.InFlight.Values.OrderBy(h => h.Sequence).ToList())
        {
            Take(held);
            Retry(held, "its consumer went away");
        }
    }

    /// <summary>Gives out whatever somebody has room for.</summary>
    public void Pump(TimeSpan now)
    {
        if (_dispatch.IsPinned)
        {
            PumpPinned(now);
            return;
        }

        while ((_again.Min ?? _fresh.First?.Value) is { } held && _dispatch.Choose(held) is { } consumer)
        {
            Deliver(held, consumer, now);
        }
    }

    /// <summary>Takes a delivery off its queue; false when it came too late to be sent.</summary>
    public bool Send(Delivery delivery)
    {
        delivery.To.Queued--;
        return delivery.IsCurrent;
    }

    /// <summary>What a consumer says of one of its events; of others nothing happens.</summary>
    public void Take(Consumer consumer, Guid id, Answer answer, string reason, TimeSpan now)
    {
        if (consumer.InFlight.TryGetValue(id, out var held))
        {
            if (answer == Answer.Stop)
            {
                return; // it stays with the consumer until that goes, or is too late
            }

            Take(held);
        }
        else if (answer is Answer.Retry or Answer.Stop || !_late.TryGetValue((consumer.Number, id), out held))
        {
            return;
        }
        else
        {
            _again.Remove(held); // late, but nobody else has it yet
            NotLate(held);
        }

        switch (answer)
        {
            case Answer.Ack or Answer.Skip:
                Settle(held, now);
                break;
            case Answer.Park:
                Park(held, reason.Length == 0 ? "a consumer said so" : reason);
                break;
            default:
                Retry(held, reason);
                break;
        }
    }

    /// <summary>What was not answered in time comes again.</summary>
    public void Expire(TimeSpan now)
    {
        while (_clock.First is { } first && first.Value.Due <= now)
        {
            var (held, consumer) = (first.Value.Held, first.Value.To);
            Take(held);
            Retry(held, "it was not answered in time");
            if (held.Delivery is null && _again.Contains(held) && _late.TryAdd((consumer.Number, held.Event.Id), held))
            {
                held.LateAt = consumer;
            }
        }
    }

    // Others may pass one whose consumer has no room, but never one of the same consumer.
    private void PumpPinned(TimeSpan now)
    {
        var room = _dispatch.Consumers.Count(c => c.HasRoom);
        if (room == 0)
        {
            return;
        }

        foreach (var held in _again.ToList())
        {
            if (_dispatch.Choose(held) is { } consumer)
            {
                Deliver(held, consumer, now);
            }
        }

        for (var node = _fresh.First; node is not null;)
        {
            var next = node.Next;
            if (_dispatch.Choose(node.Value) is { } consumer)
            {
                Deliver(node.Value, consumer, now);
                if (!consumer.HasRoom && --room <= 0)
                {
                    return;
                }
            }

            node = next;
        }
    }

    private void Deliver(HeldEvent held, Consumer consumer, TimeSpan now)
    {
        if (held.Node.List is null)
        {
            _again.Remove(held);
        }
        else
        {
            _fresh.Remove(held.Node);
        }

        NotLate(held);
        var patience = _settings.MessageTimeoutMs;
        var delivery = new Delivery(held, consumer, patience == 0 ? TimeSpan.MaxValue : now + TimeSpan.FromMilliseconds(patience));
        held.Delivery = delivery;
        consumer.InFlight.Add(held.Event.Id, held);
        consumer.Queued++;
        consumer.Total++;
        Total++;
        InFlight++;
        if (patience > 0)
        {
            _clock.AddLast(delivery.Node);
        }

        consumer.Give(delivery);
    }

    // Away from its consumer.
    private void Take(HeldEvent held)
    {
        var delivery = held.Delivery!;
        delivery.To.InFlight.Remove(held.Event.Id);
        delivery.Node.List?.Remove(delivery.Node);
        held.Delivery = null;
        InFlight--;
    }

    private void Retry(HeldEvent held, string reason)
    {
        if (held.Retries >= _settings.MaxRetryCount)
        {
            Park(held, reason.Length == 0 ? $"after {held.Retries} retries" : $"after {held.Retries} retries: {reason}");
            return;
        }

        held.Retries++;
        _again.Add(held);
    }

    private void Park(HeldEvent held, string reason)
    {
        _beingParked++;
        _parking.Enqueue(new Parking(held, reason));
    }

    private void NotLate(HeldEvent held)
    {
        if (held.LateAt is { } consumer)
        {
            _late.Remove((consumer.Number, held.Event.Id));
            held.LateAt = null;
        }
    }
}
